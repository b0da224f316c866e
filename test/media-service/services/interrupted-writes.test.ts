import { strict as assert } from "node:assert";
import { after, before, describe, it } from "mocha";
import type { AccessPolicy } from "../../../media-service/domain/access-policy";
import type { Asset } from "../../../media-service/domain/asset";
import type { Entity, EntityStore } from "../../../media-service/ports/entity-store";
import { createAccessPolicy } from "../../../media-service/services/access-policies";
import type { AccountDeps } from "../../../media-service/services/account-deps";
import { createAssetFile, createFileInfos } from "../../../media-service/services/asset-files";
import { createAsset, deleteAsset } from "../../../media-service/services/assets";
import { resumePendingJobs } from "../../../media-service/services/job-readiness";
import { createJob } from "../../../media-service/services/jobs";
import { createLocator, deleteLocator } from "../../../media-service/services/locators";
import { openTestAccount } from "../../support/account-deps";
import { type Azurite, startAzurite } from "../../support/azurite";
import { Died, dyingAccount } from "../../support/dying-account";

const NEW_ASSET = {
  ...{ name: "a", alternateId: null, options: 0, formatOption: 0, state: 0 },
  storageAccountName: null,
};
const TASK_BODY =
  "<taskBody><inputAsset>JobInputAsset(0)</inputAsset>" +
  '<outputAsset assetName="out">JobOutputAsset(0)</outputAsset></taskBody>';
const TASK = {
  ...{ name: null, configuration: "Adaptive Streaming", taskBody: TASK_BODY, options: 0 },
  ...{ encryption: null, notifications: [] },
  ...{ mediaProcessorId: "nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56", priority: null },
};
const MOST_CALLS = 60;

describe("a process that is killed in the middle of a write", () => {
  let azurite: Azurite;
  let account: AccountDeps;
  let policy: AccessPolicy;
  before(async () => {
    azurite = await startAzurite();
    account = await openTestAccount(azurite);
    const both = { name: "p", durationMinutes: 60, permissions: 3 };
    policy = await createAccessPolicy(account, both);
  });
  after(() => azurite.stop());

  /** Kills a write at its 1st call of the store, its 2nd and so on, until it gets through. */
  const killedEverywhere = async (
    write: (dying: AccountDeps) => Promise<unknown>,
    check: () => Promise<void>,
  ) => {
    for (let calls = 0; calls < MOST_CALLS; calls++) {
      try {
        await write(dyingAccount(account, calls));
        await check();
        return;
      } catch (error) {
        if (!(error instanceof Died)) throw error;
        await check();
      }
    }
    assert.fail(`more than ${MOST_CALLS} calls`);
  };
  const all = async <T extends Entity>(store: EntityStore<T, never>) => {
    const found: T[] = [];
    for await (const { value } of store.list()) found.push(value);
    return found;
  };
  const sas = (asset: Asset) => ({
    ...{ name: null, type: 1, accessPolicyId: policy.id, assetId: asset.id, startTime: null },
  });
  const stockedAsset = async () => {
    const asset = await createAsset(account, NEW_ASSET);
    await createAssetFile(account, { name: "f.mp4", parentAssetId: asset.id });
    return asset;
  };

  it("leaves only assets that can be found, used and deleted", async () => {
    await killedEverywhere(
      (dying) => createAsset(dying, NEW_ASSET),
      async () => {
        for (const asset of await all(account.stores.assets)) {
          const locator = await createLocator(account, sas(asset));
          assert.equal(await account.blobs.containerExists(asset.container), true);
          await deleteLocator(account, locator.id);
          await deleteAsset(account, asset.id, { keepContainer: false });
          assert.equal(await account.blobs.containerExists(asset.container), false);
        }
      },
    );
    assert.deepEqual(await all(account.stores.assets), []);
  });

  it("leaves an asset that is deleted whole by the next try", async () => {
    let asset: Asset | undefined;
    await killedEverywhere(
      async (dying) => {
        asset = await stockedAsset();
        await createLocator(account, sas(asset));
        await deleteAsset(dying, asset.id, { keepContainer: false });
      },
      async () => {
        assert(asset);
        if ((await account.stores.assets.get(asset.id)) !== undefined) {
          await deleteAsset(account, asset.id, { keepContainer: false });
        }
        assert.equal(await account.blobs.containerExists(asset.container), false);
        assert.deepEqual(await all(account.stores.files), []);
        assert.deepEqual(await all(account.stores.locators), []);
      },
    );
  });

  it("leaves a locator that can be deleted with what it granted", async () => {
    const asset = await stockedAsset();
    await killedEverywhere(
      (dying) => createLocator(dying, sas(asset)),
      async () => {
        for (const locator of await all(account.stores.locators)) {
          await deleteLocator(account, locator.id);
        }
        assert.deepEqual(await account.stores.locators.find("asset", asset.id), []);
      },
    );
    await deleteAsset(account, asset.id, { keepContainer: false });
  });

  it("leaves file infos that the next try completes, without doubles", async () => {
    const asset = await createAsset(account, NEW_ASSET);
    for (let n = 0; n < 45; n++) {
      const address = { container: asset.container, blob: `b${n}` };
      await account.blobs.write(address, Buffer.from("x"), { contentType: "x/y" });
    }
    await killedEverywhere(
      (dying) => createFileInfos(dying, asset.id),
      async () => {
        await createFileInfos(account, asset.id);
        const files = await account.stores.files.find("parent", asset.id);
        assert.equal(new Set(files.map(({ value }) => value.name)).size, 45);
        assert.equal(files.length, 45);
        for (const { value } of files) await account.stores.files.delete(value.id);
      },
    );
    await deleteAsset(account, asset.id, { keepContainer: false });
  });

  it("leaves no job, or one that another process brings to the workers", async () => {
    const input = await stockedAsset();
    const later = { ...account, clock: { now: () => new Date(Date.now() + 60_000) } };
    const job = {
      ...{ name: "j", priority: 0, templateId: null, inputAssetIds: [input.id] },
      ...{ notifications: [], tasks: [TASK] },
    };
    await killedEverywhere(
      (dying) => createJob(dying, job),
      async () => {
        await resumePendingJobs(later);
        assert.equal(await resumePendingJobs(later), 0);
        const jobs = await all(account.stores.jobs);
        const outputs = await account.stores.assets.find("name", "out");
        assert.deepEqual(
          outputs.map(({ value }) => value.id),
          jobs.flatMap(({ outputAssetIds }) => outputAssetIds),
        );
        for (const { id } of jobs) {
          const message = await account.queue.receive(30);
          assert.equal(message?.jobId, id);
          await account.queue.complete(message);
          const double = await account.queue.receive(30);
          if (double !== undefined) await account.queue.complete(double);
          assert.equal((await account.stores.tasks.find("job", id)).length, 1);
          for (const task of await account.stores.tasks.find("job", id)) {
            await account.stores.tasks.delete(task.value.id);
          }
          await account.stores.jobs.delete(id);
        }
        for (const { value } of outputs) {
          assert.equal(await account.blobs.containerExists(value.container), true);
          await deleteAsset(account, value.id, { keepContainer: false });
        }
      },
    );
  });
});
