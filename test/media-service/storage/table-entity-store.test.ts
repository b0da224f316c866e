import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "mocha";
import type { Asset } from "../../../media-service/domain/asset";
import type { AssetFile } from "../../../media-service/domain/asset-file";
import { entityId } from "../../../media-service/domain/ids";
import type { AccountStores } from "../../../media-service/ports/account-stores";
import { openTables } from "../../../media-service/storage/table-account-stores";
import { type Azurite, startAzurite } from "../../support/azurite";

const asset = (name: string | null): Asset => {
  const guid = randomUUID();
  const now = new Date("2024-05-06T07:08:09.123Z");
  return {
    ...{
      id: entityId("cid", guid),
      name,
      alternateId: null,
      options: 0,
      formatOption: 0,
      state: 0,
    },
    ...{ created: now, lastModified: now, storageAccountName: "s", container: `asset-${guid}` },
    ...{ containerReady: true, deleting: false, parentAssetIds: ["a", "b"] },
  };
};
const file = (parentAssetId: string, name: string): AssetFile => ({
  ...{ id: entityId("cid", randomUUID()), name, parentAssetId, sizeBytes: 5_000_000_000 },
  ...{ mimeType: null, contentChecksum: null, isPrimary: false, isEncrypted: false, options: 0 },
  ...{ encryptionScheme: null, encryptionVersion: null, encryptionKeyId: null },
  ...{ initializationVector: null, created: new Date(0), lastModified: new Date(0) },
});
const namesOf = (found: readonly { value: { name: string | null } }[]) =>
  found.map(({ value }) => value.name).sort();

describe("entities in tables", () => {
  let azurite: Azurite;
  let stores: AccountStores;
  /** What another process of the account has open. */
  let others: AccountStores;
  before(async () => {
    azurite = await startAzurite();
    stores = await openTables(azurite, { now: () => new Date() });
    others = await openTables(azurite, { now: () => new Date() });
  });
  after(() => azurite.stop());

  it("come back as they were written", async () => {
    const written = asset("quotes ' and / \\ # ? %");
    const large = file(written.id, "large.mp4");
    await stores.assets.insert(written);
    await stores.files.insert(large);

    assert.deepEqual((await stores.assets.get(written.id))?.value, written);
    assert.deepEqual((await stores.files.get(large.id))?.value, large);
  });

  it("are found by id in any case, and not when they are gone", async () => {
    const written = asset("case");
    await stores.assets.insert(written);
    const shouted = `nb:cid:UUID:${written.container.slice("asset-".length).toUpperCase()}`;
    assert.equal((await stores.assets.get(shouted))?.value.id, written.id);

    await stores.assets.delete(written.id);
    await stores.assets.delete(written.id);
    assert.equal(await stores.assets.get(written.id), undefined);
    assert.deepEqual(await stores.assets.find("name", "case"), []);
  });

  it("are found by a name that several have, and by the new one after a change", async () => {
    const twins = [asset("twin"), asset("twin"), asset(null)];
    for (const twin of twins) await stores.assets.insert(twin);
    assert.equal((await stores.assets.find("name", "twin")).length, 2);

    const [stored] = await stores.assets.find("name", "twin");
    assert(stored);
    await stores.assets.replace(stored, { ...stored.value, name: "renamed" });
    assert.equal((await stores.assets.find("name", "twin")).length, 1);
    assert.deepEqual(namesOf(await stores.assets.find("name", "renamed")), ["renamed"]);
  });

  it("refuse an id that is taken, and keep the first", async () => {
    const first = asset("first");
    await stores.assets.insert(first);
    await assert.rejects(stores.assets.insert({ ...first, name: "second" }), {
      name: "ConflictError",
    });
    assert.equal((await stores.assets.get(first.id))?.value.name, "first");
    assert.deepEqual(await stores.assets.find("name", "second"), []);
  });

  it("refuse a write over a version that somebody else has written", async () => {
    const written = asset("versions");
    await stores.assets.insert(written);
    const stored = await stores.assets.get(written.id);
    assert(stored);
    await stores.assets.replace(stored, { ...written, alternateId: "1" });
    for (const name of ["versions", "other"]) {
      await assert.rejects(stores.assets.replace(stored, { ...written, name }), {
        name: "ConflictError",
      });
    }
    assert.equal((await stores.assets.get(written.id))?.value.alternateId, "1");
    await stores.assets.delete(written.id);
    await assert.rejects(stores.assets.replace(stored, written), { name: "NotFoundError" });
  });

  it("are added all or none", async () => {
    const parent = asset("all or none").id;
    await stores.files.insert(file(parent, "taken"));
    await assert.rejects(stores.files.insert(file(parent, "new"), file(parent, "taken")), {
      name: "ConflictError",
    });
    assert.deepEqual(namesOf(await stores.files.find("parent", parent)), ["taken"]);
  });

  it("let one of many writers of the same place win, also across processes", async () => {
    const parent = asset("race").id;
    const tries = Array.from({ length: 8 }, (_, n) =>
      (n % 2 === 0 ? stores : others).files.insert(file(parent, "same")),
    );
    const settled = await Promise.allSettled(tries);
    assert.equal(settled.filter(({ status }) => status === "fulfilled").length, 1);
    assert.equal((await stores.files.find("parent", parent)).length, 1);
  });

  it("lose none of many that share an index value, also across processes", async () => {
    const parent = asset("crowd").id;
    await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        (n % 2 === 0 ? stores : others).files.insert(file(parent, `f${n}`)),
      ),
    );
    assert.equal((await stores.files.find("parent", parent)).length, 12);
  });

  it("keep text of 100,000 characters", async () => {
    const text = "ä\u{1F600}x".repeat(25_000);
    const now = new Date();
    const task = {
      ...{ id: entityId("tid", randomUUID()), jobId: "nb:jid:UUID:x", position: 0, name: null },
      ...{ configuration: text, mediaProcessorId: "m", taskBody: "t", options: 0, priority: 0 },
      ...{ encryption: null, notifications: [] },
      ...{ state: 0, progress: 12.5, startTime: null, endTime: now, runningMilliseconds: 0 },
      ...{
        perfMessage: null,
        errorDetails: [],
        historicalEvents: [],
        inputAssetIds: [],
        outputs: [],
      },
    };
    await stores.tasks.insert(task);
    assert.deepEqual((await stores.tasks.get(task.id))?.value, task);
  });

  it("are listed in one order, without the rows of their indexes", async () => {
    const ids = async () => {
      const found: string[] = [];
      for await (const { value } of stores.assets.list()) found.push(value.id);
      return found;
    };
    const first = await ids();
    assert(first.length > 4);
    assert.deepEqual(await ids(), first);
    assert.equal(new Set(first).size, first.length);
  });
});
