import { strict as assert } from "node:assert";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, it } from "mocha";
import { PATHWAYS_BLOB } from "../../../media-service/domain/pathways";
import { CONTAINER, LOCATOR, startOrigin } from "./test-origin";
import { TwoOrigins } from "./two-origins";

const VIDEO = `/${LOCATOR}/film.ism`;
const HLS = `${VIDEO}/manifest(format=m3u8-cmaf)`;
const DASH = `${VIDEO}/manifest(format=mpd-time-cmaf)`;

interface Steering {
  readonly "PATHWAY-PRIORITY": readonly string[];
  readonly "RELOAD-URI"?: string;
}

describe("content steering by the origin", function () {
  this.timeout(20_000);
  let origins: TwoOrigins;
  beforeEach(async () => {
    origins = await TwoOrigins.start();
  });
  afterEach(async () => {
    await origins[Symbol.asyncDispose]();
  });

  const text = async (url: string, headers: Record<string, string> = {}): Promise<string> => {
    const response = await fetch(url, { headers });
    assert.equal(response.status, 200, `${url}: ${response.status}`);
    return response.text();
  };
  const throughEdge = () => ({ "x-forwarded-host": origins.edgeHost });
  const steering = async (base: string, headers = {}): Promise<Steering> =>
    JSON.parse(await text(`${base}${VIDEO}/steering`, headers)) as Steering;

  it("offers the other data center and the edge to who comes straight to one", async () => {
    const playlist = await text(`${origins.east.url}${HLS}`);
    const pathways = [...playlist.matchAll(/#EXT-X-STREAM-INF:.*PATHWAY-ID="(\w+)".*\n(.*)/g)];

    assert.deepEqual(
      pathways.map(([, name, url]) => [name, url?.replace(/QualityLevels.*/, "")]),
      [
        ["east", ""],
        ["west", `${origins.west.url}${VIDEO}/`],
        ["edge", `http://${origins.edgeHost}${VIDEO}/`],
      ],
    );
    assert.match(playlist, /^#EXT-X-CONTENT-STEERING:SERVER-URI="steering",PATHWAY-ID="east"$/m);
    const description = await text(`${origins.west.url}${DASH}`);
    assert.deepEqual(
      [...description.matchAll(/serviceLocation="(\w+)">([^<]+)</g)].map(([, ...both]) => both),
      [
        ["west", `${origins.west.url}${VIDEO}/`],
        ["east", `${origins.east.url}${VIDEO}/`],
        ["edge", `http://${origins.edgeHost}${VIDEO}/`],
      ],
    );
  });

  it("gives the edge the same bytes in both data centers, the edge's own pathway first", async () => {
    for (const path of [HLS, DASH, `${VIDEO}/steering`]) {
      const east = await text(`${origins.east.url}${path}`, throughEdge());
      assert.equal(await text(`${origins.west.url}${path}`, throughEdge()), east, path);
      assert.match(east, /"edge"/);
    }
    const playlist = await text(`${origins.west.url}${HLS}`, throughEdge());
    assert.deepEqual(
      [...playlist.matchAll(/#EXT-X-STREAM-INF:.*PATHWAY-ID="(\w+)"/g)].map(([, name]) => name),
      ["edge", "east", "west"],
    );
    assert.match(playlist, /STREAM-INF:.*PATHWAY-ID="edge".*\nQualityLevels/);
  });

  it("tells different forms of a manifest apart by their entity tags", async () => {
    const tags = await Promise.all(
      [{}, throughEdge(), { "x-pathway-check": "1" }].map(async (headers) => {
        const response = await fetch(`${origins.east.url}${HLS}`, { method: "HEAD", headers });
        return response.headers.get("etag");
      }),
    );
    assert.equal(new Set(tags).size, 3);
  });

  it("steers whoever reads a manifest, so that an edge can't be made to keep an unsteered one", async () => {
    const check = { ...throughEdge(), "x-pathway-check": "1" };
    for (const path of [HLS, DASH, `${VIDEO}/steering`]) {
      const steered = await text(`${origins.east.url}${path}`, throughEdge());
      assert.equal(await text(`${origins.east.url}${path}`, check), steered, path);
    }
  });

  it("takes an unknown host for its own, with URLs that stay on that host", async () => {
    const playlist = await text(`${origins.east.url}${HLS}`, { "x-forwarded-host": "video.test" });

    assert.match(playlist, /PATHWAY-ID="east".*\nQualityLevels/);
    assert.doesNotMatch(playlist, /video\.test/);
  });

  it("says which pathway to use: the one in use while it can serve", async () => {
    assert.deepEqual(await steering(origins.east.url), {
      VERSION: 1,
      TTL: 10,
      "PATHWAY-PRIORITY": ["east", "west", "edge"],
    });
    assert.deepEqual((await steering(origins.west.url, throughEdge()))["PATHWAY-PRIORITY"], [
      "edge",
      "east",
      "west",
    ]);
  });

  it("leaves a pathway that can't serve for the next, and comes back to it", async () => {
    await steering(origins.west.url, throughEdge());
    origins.east.published.running = false;
    await until(async () => {
      const { east, west } = origins;
      // Manifests are closed with the streaming endpoint; only its neighbour can tell.
      assert.equal((await fetch(`${east.url}${VIDEO}/steering`)).status, 503);
      const told = await steering(west.url, throughEdge());
      return told["PATHWAY-PRIORITY"].join() === "edge,west,east";
    });
    origins.east.published.running = true;
    await until(
      async () =>
        (await steering(origins.west.url, throughEdge()))["PATHWAY-PRIORITY"].join() ===
        "edge,east,west",
    );
  });

  it("sends who comes through a dead edge to a data center, for the next answer too", async () => {
    await steering(origins.west.url, throughEdge());
    await origins.killEdge();

    await until(async () => {
      const told = await steering(origins.west.url, throughEdge());
      return (
        told["PATHWAY-PRIORITY"].join() === "east,west,edge" &&
        told["RELOAD-URI"] === `${origins.east.url}${VIDEO}/steering`
      );
    });
  });

  it("goes on offering a data center that died, for it may come back", async () => {
    const steered = await text(`${origins.west.url}${HLS}`);
    await origins.east.kill();
    assert.equal(await text(`${origins.west.url}${HLS}`), steered);
  });

  it("learns from being asked about a video that the asker holds it too", async () => {
    const { east, west } = origins;
    const askedBack = new Promise<void>((resolve) => {
      east.app.server.on("request", ({ headers }: IncomingMessage, response: ServerResponse) => {
        if (headers["x-pathway-check"] !== undefined) response.once("close", resolve);
      });
    });
    await text(`${east.url}${HLS}`);
    await askedBack;
    await east.kill();

    // Nobody ever asked west for a manifest, and east can't be asked any more.
    assert.match(await text(`${west.url}${HLS}`), /PATHWAY-ID="east"/);
  });

  it("offers nothing where no other data center holds the video", async () => {
    origins.west.blobs.remove(CONTAINER, "film.ism");

    assert.doesNotMatch(await text(`${origins.east.url}${HLS}`), /PATHWAY|STEERING|STABLE/);
    assert.doesNotMatch(await text(`${origins.east.url}${DASH}`), /BaseURL|Steering/);
    // A player that was told of both while both held it is told what is left.
    assert.deepEqual((await steering(origins.east.url))["PATHWAY-PRIORITY"], ["east", "edge"]);
  });

  it("lets a data center that never answers hold a manifest up for a second at most", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const baseUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const own = { name: "east", baseUrl: origins.east.url };
    const list = { pathways: [own, { name: "west", baseUrl }] };
    const { container, blob } = PATHWAYS_BLOB;
    origins.east.blobs.put(container, blob, JSON.stringify(list));

    const began = performance.now();
    assert.doesNotMatch(await text(`${origins.east.url}${HLS}`), /PATHWAY/);
    const tookMs = performance.now() - began;
    assert(tookMs > 900 && tookMs < 3_000, `${tookMs} ms`);
    silent.closeAllConnections();
    silent.close();
  });

  for (const { why, content } of [
    { why: "no JSON", content: "{" },
    { why: "no list", content: '{"pathways":{}}' },
    {
      why: "an address with a path",
      content: '{"pathways":[{"name":"east","baseUrl":"http://a/b"}]}',
    },
    {
      why: "a name that breaks out",
      content: '{"pathways":[{"name":"a\\"b","baseUrl":"http://a"}]}',
    },
  ]) {
    it(`passes over a list of pathways that is ${why}`, async () => {
      origins.east.blobs.put(PATHWAYS_BLOB.container, PATHWAYS_BLOB.blob, content);
      assert.doesNotMatch(await text(`${origins.east.url}${HLS}`), /PATHWAY/);
    });
  }

  it("is silent where it is switched off, or the deployment wrote no pathways", async () => {
    const plain = await startOrigin({ contentSteering: true });
    const off = await startOrigin({ blobs: origins.east.blobs });
    for (const { app } of [plain, off]) {
      assert.doesNotMatch((await app.inject(HLS)).body, /PATHWAY/);
      const answer = await app.inject(`${VIDEO}/steering`);
      assert.equal(answer.statusCode, 404);
      assert.match(answer.body, /^No other way to this video is known/);
      await app.close();
    }
  });
});

/** Health is believed for two seconds. */
async function until(wanted: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await wanted())) {
    assert(Date.now() < deadline, "not within 15 s");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
