import { strict as assert } from "node:assert";
import * as pulumi from "@pulumi/pulumi";
import { describe, it } from "mocha";
import { playerHosts, routedHost, watchPageUrl } from "../../components/public-hosts";
import { streamingUrls } from "../../components/streaming-urls";
import { settled } from "./deploy";

describe("streamingUrls", () => {
  it("puts the relative path between the host and the form of the manifest", () => {
    assert.deepEqual(streamingUrls({ scheme: "http", host: "127.0.0.1:8100" }, "/guid/bunny.ism"), {
      smooth: "http://127.0.0.1:8100/guid/bunny.ism/manifest",
      hls: "http://127.0.0.1:8100/guid/bunny.ism/manifest(format=m3u8-cmaf)",
      dash: "http://127.0.0.1:8100/guid/bunny.ism/manifest(format=mpd-time-cmaf)",
    });
  });
});

describe("playerHosts", () => {
  const ways = {
    dataCenters: [
      { name: "east", host: "east.test" },
      { name: "west", host: "west.test" },
    ],
    edge: pulumi.output("edge.test"),
  };
  const hosts = async (scheme: "http" | "https", domain?: string) => {
    const trafficManager = routedHost(scheme, "router.test", domain);
    return (await settled(pulumi.all(playerHosts({ ...ways, scheme, trafficManager })))).value;
  };

  it("are the data centers, the edge and the router over http", async () => {
    assert.deepEqual(await hosts("http"), {
      east: { scheme: "http", host: "east.test" },
      west: { scheme: "http", host: "west.test" },
      edge: { scheme: "http", host: "edge.test" },
      trafficManager: { scheme: "http", host: "router.test" },
    });
  });

  it("leave the router out over https, where no certificate is for its host", async () => {
    assert.deepEqual(Object.keys(await hosts("https")), ["east", "west", "edge"]);
  });

  it("are under the domain where there is one, for that has a certificate", async () => {
    const { trafficManager } = await hosts("https", "video.example.com");

    assert.deepEqual(trafficManager, { scheme: "https", host: "video.example.com" });
  });
});

describe("watchPageUrl", () => {
  const selfHosted = {
    kind: "self-hosted",
    image: "i",
    encoder: "auto",
    logLevel: "info",
  } as const;
  const publicScheme = "https";

  it("is on the edge", async () => {
    const url = watchPageUrl(
      { publicScheme, mediaServices: { ...selfHosted, watchPage: true } },
      "edge.test",
    );

    assert(url);
    assert.equal((await settled(url)).value, "https://edge.test/watch/");
  });

  it("is nothing where the service serves no page", () => {
    const mediaServices = { ...selfHosted, watchPage: false };

    assert.equal(watchPageUrl({ publicScheme, mediaServices }, "edge.test"), null);
  });
});
