import { strict as assert } from "node:assert";
import * as pulumi from "@pulumi/pulumi";
import { describe, it } from "mocha";
import { FailoverVideo, type FailoverVideoArgs } from "../../components/failover-video";
import { StreamingDataCenter } from "../../components/streaming-data-center";
import { plainHosting } from "./hosting";
import { deploy, type Deployment, resource, settled, tenantOfTests } from "./deploy";

const token = (name: string) => `pulumi-nodejs:dynamic/twinstream:${name}`;
const parent = "twinstream:media:FailoverVideo bunny";

function dataCenter(name: string, priority: number): StreamingDataCenter {
  return new StreamingDataCenter(name, {
    location: `${name}us`,
    priority,
    naming: { project: "twinstream", stack: "dev" },
    ...plainHosting,
    subscriptionId: "11111111-2222-3333-4444-555555555555",
    tenantId: tenantOfTests,
    storageAccess: "shared-key",
    mediaServices: {
      kind: "self-hosted",
      image: `registry.test/media@sha256:${"a".repeat(64)}`,
      encoder: "auto",
      watchPage: false,
      logLevel: "info",
    },
    publicScheme: "https",
    contentSteering: true,
    locatorDays: 90,
  });
}

async function declare(
  changes: Partial<FailoverVideoArgs> = {},
  names = ["east", "west"],
): Promise<{ deployment: Deployment; video: FailoverVideo }> {
  let video: FailoverVideo | undefined;
  const deployment = await deploy(() => {
    const dataCenters = names.map((name, index) => dataCenter(name, index + 1));
    video = new FailoverVideo("bunny", {
      file: "samples/bunny.mp4",
      dataCenters,
      encodeIn: "east",
      serverSideCopy: "auto",
      overwriteReplicas: false,
      ...changes,
    });
    return video;
  });
  assert(video);
  return { deployment, video };
}

const accounts = {
  east: {
    apiUrl: "https://media-dev-east.apps.test/api/",
    tokenUrl: "https://media-dev-east.apps.test/v2/OAuth2-13",
    accountName: "eastdeve3d3bee9",
    accountKey: "key made for east",
  },
  west: {
    apiUrl: "https://media-dev-west.apps.test/api/",
    tokenUrl: "https://media-dev-west.apps.test/v2/OAuth2-13",
    accountName: "westdev866a4e76",
    accountKey: "key made for west",
  },
};

describe("FailoverVideo", function () {
  // Three data centers take a second of a quiet machine, and ten of a busy one.
  this.timeout(120_000);

  it("uploads and encodes in one data center", async () => {
    const { deployment } = await declare();
    const mezzanine = resource(deployment, token("MezzanineAsset"), "bunny-east");
    const job = resource(deployment, token("EncodingJob"), "bunny-east");

    assert.deepEqual(mezzanine.inputs, {
      account: accounts.east,
      name: "bunny-mezzanine",
      file: "samples/bunny.mp4",
      version: 1,
    });
    assert.deepEqual(job.inputs, {
      account: accounts.east,
      name: "bunny-encoding",
      inputAssetId: "mezzanine of bunny-east",
      inputSha256: "sha256 of bunny-east",
      preset: "Adaptive Streaming",
      outputAssetName: "bunny-encoded",
      version: 1,
    });
    for (const step of [mezzanine, job]) {
      assert.deepEqual(step.secrets, ["account.accountKey"]);
      assert.equal(step.parent, parent);
    }
  });

  it("copies what came out to the other, and makes it known there", async () => {
    const { deployment } = await declare({ serverSideCopy: "never" });
    const copy = resource(deployment, token("AssetCopy"), "bunny-west");

    assert.deepEqual(resource(deployment, token("ReplicaAsset"), "bunny-west").inputs, {
      account: accounts.west,
      name: "asset-bunny-east",
      sourceAssetOptions: 0,
      version: 1,
    });
    assert.deepEqual(copy.inputs, {
      source: accounts.east,
      target: accounts.west,
      sourceAssetId: "encoded bunny-east",
      targetAssetId: "replica bunny-west",
      sourceTag: "tag of bunny-east",
      serverSideCopy: "never",
      overwrite: false,
      version: 1,
    });
    assert.deepEqual(copy.secrets, ["source.accountKey", "target.accountKey"]);
    assert.deepEqual(resource(deployment, token("AssetFiles"), "bunny-west").inputs, {
      account: accounts.west,
      assetId: "replica bunny-west",
      primaryFileName: "bunny.ism",
      contentDigest: "digest of bunny-west",
      version: 1,
    });
  });

  it("publishes both under the id and for the time that the first account gave", async () => {
    const { deployment } = await declare();

    assert.deepEqual(resource(deployment, token("StreamingLocator"), "bunny-east").inputs, {
      account: accounts.east,
      assetId: "encoded bunny-east",
      accessPolicyId: "pid of east-viewing",
      ismFileName: "bunny.ism",
      version: 1,
    });
    assert.deepEqual(resource(deployment, token("StreamingLocator"), "bunny-west").inputs, {
      account: accounts.west,
      assetId: "replica bunny-west",
      accessPolicyId: "pid of west-viewing",
      ismFileName: "bunny.ism",
      locatorId: "lid of bunny-east",
      startTime: "2030-01-01T00:00:00Z",
      expirationDateTime: "2030-04-01T00:00:00Z",
      version: 1,
    });
  });

  it("publishes under a path that viewers know already", async () => {
    const locatorId = "nb:lid:UUID:0a1b2c3d-0000-4000-8000-00000000000f";
    const { deployment } = await declare({ locatorId });

    assert.deepEqual(resource(deployment, token("StreamingLocator"), "bunny-east").inputs, {
      account: accounts.east,
      assetId: "encoded bunny-east",
      accessPolicyId: "pid of east-viewing",
      ismFileName: "bunny.ism",
      locatorId,
      version: 1,
    });
  });

  it("publishes only where the endpoint runs and, in a replica, after its files are known", async () => {
    const { deployment } = await declare();
    const source = resource(deployment, token("StreamingLocator"), "bunny-east").after;
    const replica = resource(deployment, token("StreamingLocator"), "bunny-west").after;

    assert(source.includes(`${token("StreamingEndpoint")} east`));
    assert(replica.includes(`${token("StreamingEndpoint")} west`));
    assert(replica.includes(`${token("AssetFiles")} bunny-west`));
  });

  it("outlives nothing that it needs: every step comes after its accounts", async () => {
    const { deployment } = await declare();
    const steps = deployment.resources.filter((step) => step.parent === parent);

    assert.equal(steps.length, 7);
    for (const { type, name, after } of steps) {
      const home = name.split("-").at(-1) ?? "";
      const app = `azure-native:app:ContainerApp ${home}`;
      assert(after.includes(app), `${type} ${name} does not come after ${app}`);
    }
    const { after } = resource(deployment, token("AssetCopy"), "bunny-west");
    assert(after.includes("azure-native:app:ContainerApp east"));
  });

  it("makes a replica in every data center but the one that encodes", async () => {
    const names = ["east", "west", "north"];
    const { deployment } = await declare({ encodeIn: "west" }, names);
    const of = (type: string) =>
      deployment.resources.filter((step) => step.type === token(type)).map(({ name }) => name);

    assert.deepEqual(of("EncodingJob"), ["bunny-west"]);
    assert.deepEqual(of("AssetCopy").sort(), ["bunny-east", "bunny-north"]);
    assert.deepEqual(of("StreamingLocator").sort(), ["bunny-east", "bunny-north", "bunny-west"]);
  });

  it("gives the path, and the addresses on any host", async () => {
    const { video } = await declare();
    const urls = video.urlsOn({ edge: { scheme: "https", host: "edge.test" } });

    assert.deepEqual(await settled(video.relativePath), {
      value: "/lid-of-bunny-east/bunny.ism",
      secret: false,
    });
    assert.deepEqual(await settled(urls), {
      value: {
        edge: {
          smooth: "https://edge.test/lid-of-bunny-east/bunny.ism/manifest",
          hls: "https://edge.test/lid-of-bunny-east/bunny.ism/manifest(format=m3u8-cmaf)",
          dash: "https://edge.test/lid-of-bunny-east/bunny.ism/manifest(format=mpd-time-cmaf)",
        },
      },
      secret: false,
    });
  });

  it("refuses to be encoded where it is not played", async () => {
    await assert.rejects(declare({ encodeIn: "north" }), (error: unknown) => {
      assert(pulumi.InputPropertyError.isInstance(error));
      assert.equal(error.propertyPath, "encodeIn");
      return true;
    });
  });
});
