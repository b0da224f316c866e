import { strict as assert } from "node:assert";
import { randomBytes } from "node:crypto";
import { after, before, beforeEach, describe, it } from "mocha";
import {
  type AssetCopyInputs,
  type AssetCopyOutputs,
  operations,
} from "../../../dynamic-providers/operations/asset-copy";
import type { AccountConnection } from "../../../dynamic-providers/operations/media-services-client/account-connection";
import { MediaServicesClient } from "../../../dynamic-providers/operations/media-services-client/client";
import {
  accessPolicies,
  type Asset,
  assets,
  locators,
} from "../../../dynamic-providers/operations/media-services-client/entities";
import { UNKNOWN } from "../../../dynamic-providers/operations/resource-operations";
import { startMediaService, type TestMediaService } from "../../support/media-service";
import { contentOf, putBlob, type TestContainer, type TestStores, startTestStores } from "./stores";

describe("the copy of an asset", function () {
  this.timeout(60_000);
  let stores: TestStores;
  let services: TestMediaService[];
  let accounts: Record<"source" | "target", MediaServicesClient>;
  let original: TestContainer;
  let copy: TestContainer;
  let inputs: AssetCopyInputs;

  before(async () => {
    stores = await startTestStores();
    const { east, west } = stores.processes;
    services = await Promise.all([
      startMediaService({ storage: east, accountName: "mediaeast" }),
      startMediaService({ storage: west, accountName: "mediawest" }),
    ]);
    const [source, target] = services.map((service) => new MediaServicesClient(service));
    assert.ok(source && target);
    accounts = { source, target };
  });
  after(async () => {
    for (const service of services) await service.stop();
    await stores.stop();
  });

  beforeEach(async () => {
    const [source, target] = await Promise.all([
      accounts.source.create(assets, { Name: "original" }),
      accounts.target.create(assets, { Name: "copy" }),
    ]);
    original = containerOf(stores.east, source);
    copy = containerOf(stores.west, target);
    inputs = {
      source: accounts.source.connection,
      target: accounts.target.connection,
      sourceAssetId: source.id,
      targetAssetId: target.id,
      sourceTag: "first",
      version: 1,
    };
    await putBlob(original, "video.ism", Buffer.from("<smil/>"));
    await putBlob(original, "folder/video 1.mp4", randomBytes(100_000));
    await putBlob(original, "empty", Buffer.alloc(0));
  });

  async function assertNoAccessLeft(): Promise<void> {
    for (const client of Object.values(accounts)) {
      assert.deepEqual(await client.find(locators), []);
      assert.deepEqual(await client.find(accessPolicies), []);
    }
  }

  it("holds what the original holds, and leaves no access behind", async () => {
    const { id, outs } = await operations.create(inputs);

    assert.equal(id, inputs.targetAssetId);
    assert.equal(outs.blobCount, 3);
    assert.equal(outs.totalBytes, 100_007);
    assert.match(outs.contentDigest, /^[0-9a-f]{64}$/);
    assert.deepEqual(await contentOf(copy), await contentOf(original));
    await assertNoAccessLeft();
  });

  it("comes to the same when it is made again", async () => {
    const first = await operations.create(inputs);
    const again = await operations.create(inputs);

    assert.deepEqual(again, first);
  });

  it("leaves no access behind when it fails", async () => {
    await assert.rejects(operations.create({ ...inputs, serverSideCopy: "always" }), {
      code: "ServerSideRefused",
    });

    await assertNoAccessLeft();
  });

  it("leaves no access in the source behind when the target is not there", async () => {
    const gone = { ...inputs, targetAssetId: "nb:cid:UUID:00000000-0000-0000-0000-00000000dead" };

    await assert.rejects(operations.create(gone));

    await assertNoAccessLeft();
  });

  it("is read as it is while nothing happened to it", async () => {
    const { id, outs } = await operations.create(inputs);

    const { id: readId, props } = await operations.read(id, outs);

    assert.equal(readId, id);
    assert.deepEqual(props, outs);
    assert.deepEqual(await operations.diff(id, outs, inputs), { changes: false, replaces: [] });
    await assertNoAccessLeft();
  });

  it("is repaired by the next update after a blob is lost", async () => {
    const { id, outs } = await operations.create(inputs);
    await copy.client.deleteBlob("video.ism");

    const { props } = await operations.read(id, outs);
    assert.ok(props);
    const diff = await operations.diff(id, props, inputs);
    const updated = await operations.update(id, props, inputs);

    assert.deepEqual(props.drift, { changed: [], missing: ["video.ism"], added: [] });
    assert.deepEqual(diff, { changes: true, replaces: [] });
    assert.deepEqual(updated.outs, outs);
    assert.deepEqual(await contentOf(copy), await contentOf(original));
  });

  for (const { how, metadata } of [
    { how: "by who knows nothing of the copy", metadata: () => Promise.resolve({}) },
    {
      how: "by who kept its marks",
      metadata: async () =>
        (await copy.client.getBlobClient("video.ism").getProperties()).metadata ?? {},
    },
  ]) {
    it(`names what was changed ${how}, and replaces it only when told to`, async () => {
      const { id, outs } = await operations.create(inputs);
      const theirs = Buffer.from("<smil>theirs</smil>");
      await putBlob(copy, "video.ism", { content: theirs, metadata: await metadata() });

      const { props } = await operations.read(id, outs);
      assert.ok(props);
      const printed = await whatIsPrinted(async () => {
        assert.deepEqual(await operations.diff(id, props, inputs), { changes: true, replaces: [] });
      });
      assert.match(printed, /warning: .*changed video\.ism.*refuses to replace/);
      await assert.rejects(operations.update(id, props, inputs), {
        code: "TargetConflict",
        message: /video\.ism.*overwriteReplicas: true/,
      });
      assert.deepEqual((await contentOf(copy))["video.ism"], theirs);
      await assertNoAccessLeft();

      const told = await operations.update(id, props, { ...inputs, overwrite: true });
      assert.deepEqual(told.outs, { ...outs, overwrite: true });
      assert.deepEqual(await contentOf(copy), await contentOf(original));
    });
  }

  it("names what was added, leaves it alone, and is quiet about it from then on", async () => {
    const { id, outs } = await operations.create(inputs);
    await putBlob(copy, "theirs.vtt", Buffer.from("WEBVTT"));

    const { props } = await operations.read(id, outs);
    assert.ok(props);
    assert.deepEqual(props.drift, { changed: [], missing: [], added: ["theirs.vtt"] });
    assert.equal((await operations.diff(id, props, inputs)).changes, true);
    const updated = await operations.update(id, props, inputs);

    assert.deepEqual((await contentOf(copy))["theirs.vtt"], Buffer.from("WEBVTT"));
    const again = await operations.read(id, updated.outs);
    assert.deepEqual(again.props, updated.outs);
    assert.equal((await operations.diff(id, updated.outs, inputs)).changes, false);
  });

  it("refuses to be made over what somebody else has put there", async () => {
    await putBlob(copy, "video.ism", Buffer.from("theirs"));

    await assert.rejects(operations.create(inputs), { code: "TargetConflict" });

    assert.deepEqual(await contentOf(copy), { "video.ism": Buffer.from("theirs") });
    await assertNoAccessLeft();
  });

  it("does not follow the original over what was changed in the target without a refresh", async () => {
    const { id, outs } = await operations.create(inputs);
    await putBlob(copy, "video.ism", Buffer.from("theirs"));
    await putBlob(original, "video.ism", Buffer.from("<smil></smil>"));

    await assert.rejects(operations.update(id, outs, { ...inputs, sourceTag: "second" }), {
      code: "TargetConflict",
    });

    assert.deepEqual((await contentOf(copy))["video.ism"], Buffer.from("theirs"));
  });

  it("follows the original when its tag changes", async () => {
    const { id, outs } = await operations.create(inputs);
    await putBlob(original, "video.ism", Buffer.from("<smil></smil>"));
    await original.client.deleteBlob("empty");
    const news = { ...inputs, sourceTag: "second" };

    const diff = await operations.diff(id, outs, news);
    const updated = await operations.update(id, outs, news);

    assert.deepEqual(diff, { changes: true, replaces: [] });
    assert.equal(updated.outs.blobCount, 2);
    assert.notEqual(updated.outs.contentDigest, outs.contentDigest);
    assert.deepEqual(await contentOf(copy), await contentOf(original));
  });

  it("is gone when its asset is gone", async () => {
    const { id, outs } = await operations.create(inputs);
    await accounts.target.delete(assets, id);

    assert.deepEqual(await operations.read(id, outs), { id: "" });
    await operations.delete(id, outs);
  });

  it("takes its own blobs with it, and nothing else", async () => {
    const { id, outs } = await operations.create(inputs);
    await putBlob(copy, "foreign", Buffer.from("theirs"));

    await operations.delete(id, outs);
    await operations.delete(id, outs);

    assert.deepEqual(await contentOf(copy), { foreign: Buffer.from("theirs") });
    await assertNoAccessLeft();
  });

  describe("at preview", () => {
    const account: AccountConnection = {
      apiUrl: "https://media.test/api/",
      tokenUrl: "https://media.test/v2/OAuth2-13",
      accountName: "media",
      accountKey: "secret",
    };
    const news: AssetCopyInputs = {
      source: account,
      target: { ...account, accountName: "other" },
      sourceAssetId: "nb:cid:UUID:1",
      targetAssetId: "nb:cid:UUID:2",
      sourceTag: "tag",
      version: 1,
    };
    const olds: AssetCopyOutputs = {
      ...news,
      blobCount: 1,
      totalBytes: 1,
      contentDigest: "a",
      comparedDigest: "a",
    };

    for (const { what, change, replaces } of [
      { what: "another target asset", change: { targetAssetId: "x" }, replaces: ["targetAssetId"] },
      {
        what: "another target account",
        change: { target: { ...account, accountName: "third" } },
        replaces: ["target"],
      },
      { what: "another source asset", change: { sourceAssetId: "x" }, replaces: [] },
      { what: "a source tag not known yet", change: { sourceTag: UNKNOWN }, replaces: [] },
      { what: "a new key", change: { source: { ...account, accountKey: "new" } }, replaces: [] },
    ]) {
      const verb = replaces.length > 0 ? "replaces" : "updates";
      it(`${verb} a copy for ${what}`, async () => {
        const diff = await operations.diff("id", olds, { ...news, ...change });

        assert.deepEqual(diff, { changes: true, replaces });
      });
    }

    it("takes how a copy is done for no difference", async () => {
      const how = { serverSideCopy: "never", maxConcurrency: 2, blockSizeMiB: 4 } as const;

      const diff = await operations.diff("id", olds, { ...news, ...how });

      assert.deepEqual(diff, { changes: false, replaces: [] });
    });

    it("accepts what is right, and what is not known yet", async () => {
      const unknown = {
        ...news,
        sourceAssetId: UNKNOWN,
        targetAssetId: UNKNOWN,
        sourceTag: UNKNOWN,
      };

      assert.deepEqual((await operations.check({}, news)).failures, []);
      assert.deepEqual((await operations.check({}, unknown)).failures, []);
    });

    for (const [property, value] of [
      ["serverSideCopy", "sometimes"],
      ["maxConcurrency", 0],
      ["maxConcurrency", 2.5],
      ["blockSizeMiB", 4_001],
      ["sourceTag", ""],
      ["source", { ...account, apiUrl: "ftp://media.test" }],
    ] as const) {
      it(`refuses ${property} ${JSON.stringify(value)}`, async () => {
        const wrong = { ...news, [property]: value };

        const { failures } = await operations.check({}, wrong);

        assert.deepEqual(
          failures.map((failure) => failure.property),
          [property],
        );
      });
    }
  });
});

function containerOf(store: TestStores["east"], asset: Asset): TestContainer {
  const client = store.getContainerClient(new URL(asset.uri).pathname.split("/").at(-1) ?? "");
  return { client, sasUrl: "" };
}

/** Collects what is written to standard output meanwhile. */
async function whatIsPrinted(act: () => Promise<void>): Promise<string> {
  const write = process.stdout.write.bind(process.stdout);
  let printed = "";
  process.stdout.write = (chunk: string | Uint8Array): boolean => {
    printed += chunk.toString();
    return true;
  };
  try {
    await act();
  } finally {
    process.stdout.write = write;
  }
  return printed;
}
