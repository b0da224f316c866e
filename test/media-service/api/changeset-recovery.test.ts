import { strict as assert } from "node:assert";
import { inspect } from "node:util";
import { after, before, describe, it } from "mocha";
import type { ApiModel } from "../../../media-service/api/api-model";
import type { BatchedRequest } from "../../../media-service/api/batched-request";
import { buildApiModel } from "../../../media-service/api/build-api-model";
import { applyChangeset } from "../../../media-service/api/changeset";
import { recoverChangesets } from "../../../media-service/api/changeset-recovery";
import type { Entity, EntityStore } from "../../../media-service/ports/entity-store";
import type { AccountDeps } from "../../../media-service/services/account-deps";
import { createAssetFile } from "../../../media-service/services/asset-files";
import { createAsset, deleteAsset, updateAsset } from "../../../media-service/services/assets";
import { createDeliveryPolicy } from "../../../media-service/services/protection-policies";
import {
  ensureDefaultEndpoint,
  setEndpointState,
} from "../../../media-service/services/streaming-endpoints";
import { openTestAccount } from "../../support/account-deps";
import { type Azurite, startAzurite } from "../../support/azurite";
import { Died, dyingAccount } from "../../support/dying-account";

const NEW_ASSET = {
  ...{ name: "there", alternateId: "before", options: 0, formatOption: 0, state: 0 },
  storageAccountName: null,
};
const ENCODER = "nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56";
const TASK_BODY =
  "<taskBody><inputAsset>JobInputAsset(0)</inputAsset><outputAsset>JobOutputAsset(0)</outputAsset></taskBody>";
const NAMED_LOCATOR = "nb:lid:UUID:0f1e2d3c-4b5a-4697-8877-665544332211";
const NOT_KEPT = { keepContainer: false };
const MOST_CALLS = 120;

/** What a client would see of an account. */
interface Seen {
  readonly assets: (string | null)[];
  readonly alternateId: string | null | undefined;
  readonly counts: Record<string, number>;
  readonly endpoint: string;
}

describe("a process that is killed in the middle of a changeset", function () {
  this.timeout(120_000);
  let azurite: Azurite;
  let account: AccountDeps;
  let assetId: string;
  let doomedId: string;
  let deliveryPolicyId: string;
  let endpointId: string;

  before(async () => {
    azurite = await startAzurite();
    account = await openTestAccount(azurite);
    assetId = (await createAsset(account, NEW_ASSET)).id;
    await createAssetFile(account, { name: "in.mp4", parentAssetId: assetId });
    const policy = { name: "d", protocol: 1, type: 1, configuration: null };
    deliveryPolicyId = (await createDeliveryPolicy(account, policy)).id;
    await ensureDefaultEndpoint(account);
    for await (const { value } of account.stores.streamingEndpoints.list()) endpointId = value.id;
  });
  after(() => azurite.stop());

  const modelOf = (deps: AccountDeps): ApiModel =>
    buildApiModel(deps, { root: () => "http://media.test/api/", report: () => undefined });
  /** The account as it is seen once the process counts as dead. */
  const later = (): AccountDeps => ({
    ...account,
    clock: { now: () => new Date(Date.now() + 10 * 60_000) },
  });
  const request = (contentId: string, line: string, body: object = {}): BatchedRequest => {
    const [method = "", address = ""] = line.split(" ");
    return {
      ...{ contentId, method, query: new URLSearchParams() },
      path: `/${address}`,
      headers: { "content-type": "application/json;odata=verbose" },
      body: Buffer.from(JSON.stringify(body)),
    };
  };
  const linked = (uri: string): object => ({ __metadata: { uri } });
  const changes = (): BatchedRequest[] => [
    request("a", "POST Assets", { Name: "made" }),
    request("f", "POST $a/Files", { Name: "one.mp4" }),
    request("p", "POST AccessPolicies", { Name: "p", DurationInMinutes: 5, Permissions: 1 }),
    request("l", "POST Locators", {
      ...{ Id: NAMED_LOCATOR, Type: 1, Asset: linked("$a"), AccessPolicy: linked("$p") },
    }),
    request("m", `MERGE Assets('${assetId}')`, { AlternateId: "after" }),
    request("k", `POST Assets('${assetId}')/$links/DeliveryPolicies`, {
      uri: `http://media.test/api/AssetDeliveryPolicies('${deliveryPolicyId}')`,
    }),
  ];

  async function look(): Promise<Seen> {
    const { stores } = account;
    const counts: Record<string, number> = {};
    const counted = ["files", "accessPolicies", "locators", "jobs", "tasks", "links"] as const;
    for (const name of counted) {
      counts[name] = (await all<Entity>(stores[name])).length;
    }
    const assets = (await all(stores.assets)).map(({ name }) => name);
    return {
      assets: assets.sort(),
      alternateId: (await stores.assets.get(assetId))?.value.alternateId,
      counts,
      endpoint: (await stores.streamingEndpoints.get(endpointId))?.value.state ?? "",
    };
  }

  /** Kills at the 1st call of the store, the 2nd and so on, and has another process end what is left. */
  async function killedEverywhere(
    last: () => BatchedRequest[],
    lateCalls: number,
  ): Promise<{ whole: number }> {
    const nothing = await look();
    let whole = 0;
    // Where it makes its changes, every ninth call is enough; where it ends, every other is tried.
    for (let calls = lateCalls % 9; calls < MOST_CALLS; calls += calls < lateCalls ? 9 : 2) {
      const got = await applyChangeset(modelOf(dyingAccount(account, calls)), [
        ...last(),
        ...changes(),
      ]).then(
        () => "through",
        (error: unknown) => error,
      );
      if (got !== "through") assert(causeOf(got) instanceof Died, String(causeOf(got)));
      // Whoever takes it over may die as well.
      await recoverChangesets(modelOf(dyingAccount(later(), calls % 7))).catch(() => undefined);
      const muchLater = { now: () => new Date(Date.now() + 20 * 60_000) };
      await recoverChangesets(modelOf({ ...account, clock: muchLater }));
      assert.deepEqual(await all(account.stores.changesets), []);

      const seen = await look();
      if (got === "through") assert.notDeepEqual(seen, nothing);
      if (JSON.stringify(seen) !== JSON.stringify(nothing)) {
        whole += 1;
        await assertWhole(seen);
        // Everything is there: another try would be refused.
        if (got === "through") return { whole };
        await removeMade();
        await restoreLast();
      }
    }
    assert.fail(`more than ${MOST_CALLS} calls`);
  }

  let assertLast: (seen: Seen) => void;
  let restoreLast: () => Promise<void>;

  async function assertWhole(seen: Seen): Promise<void> {
    assert.equal(seen.alternateId, "after");
    assert(seen.assets.includes("made"));
    const { files, accessPolicies, locators, links } = seen.counts;
    assert.deepEqual([files, accessPolicies, locators, links], [2, 1, 1, 1]);
    assert((await account.stores.locators.get(NAMED_LOCATOR)) !== undefined);
    assertLast(seen);
  }

  async function removeMade(): Promise<void> {
    const { stores } = account;
    for (const { id } of await all(stores.jobs)) await stores.jobs.delete(id);
    for (const { id } of await all(stores.tasks)) await stores.tasks.delete(id);
    for (const { id } of await all(stores.assets)) {
      if (id !== assetId && id !== doomedId) await deleteAsset(account, id, NOT_KEPT);
    }
    for (const { id } of await all(stores.accessPolicies)) await stores.accessPolicies.delete(id);
    for (const { id } of await all(stores.links)) await stores.links.delete(id);
    await updateAsset(account, assetId, { alternateId: "before" });
  }

  it("leaves nothing of it when it can all be taken back, once another process has looked", async () => {
    assertLast = () => undefined;
    restoreLast = () => Promise.resolve();

    const { whole } = await killedEverywhere(() => [], 27);

    // Only in the very last steps, where its end is noted, it is found whole.
    assert(whole <= 3, `${whole} times`);
    await removeMade();
  });

  it("leaves all of it or nothing when it ends in a new job", async () => {
    assertLast = ({ counts }) => {
      assert.deepEqual([counts["jobs"], counts["tasks"]], [1, 1]);
    };
    restoreLast = () => Promise.resolve();

    await killedEverywhere(
      () => [
        request("j", "POST Jobs", {
          Name: "j",
          InputMediaAssets: [linked(`http://media.test/api/Assets('${assetId}')`)],
          Tasks: [
            {
              ...{ Configuration: "Adaptive Streaming", MediaProcessorId: ENCODER },
              TaskBody: TASK_BODY,
            },
          ],
        }),
      ],
      39,
    );
    await removeMade();
  });

  it("leaves all of it or nothing when it ends in a delete", async () => {
    const makeDoomed = async (): Promise<void> => {
      doomedId = (await createAsset(account, { ...NEW_ASSET, name: "doomed" })).id;
    };
    await makeDoomed();
    assertLast = ({ assets }) => {
      assert(!assets.includes("doomed"));
    };
    restoreLast = makeDoomed;

    await killedEverywhere(() => [request("d", `DELETE Assets('${doomedId}')`)], 36);
    await removeMade();
  });

  it("leaves all of it or nothing when it ends in an action", async () => {
    assertLast = ({ endpoint }) => {
      assert.equal(endpoint, "Stopped");
    };
    restoreLast = () => setEndpointState(account, endpointId, "Running").then(() => undefined);
    await restoreLast();

    await killedEverywhere(
      () => [request("s", `POST StreamingEndpoints('${endpointId}')/Stop`)],
      31,
    );
    await removeMade();
  });

  it("that was only slow notices that another one has ended it, and makes nothing more", async () => {
    // Its notes are ten minutes old at once: whoever looks takes it for dead.
    const slow = modelOf({ ...account, clock: { now: () => new Date(Date.now() - 10 * 60_000) } });
    const interrupted = (): ReturnType<ApiModel["newJournal"]> => {
      const journal = slow.newJournal();
      const note = journal.note.bind(journal);
      let notes = 0;
      journal.note = async (undo) => {
        notes += 1;
        if (notes === 4) assert.equal(await recoverChangesets(modelOf(account)), 1);
        await note(undo);
      };
      return journal;
    };
    const model: ApiModel = {
      ...slow,
      drawing: (guid) => ({ ...slow.drawing(guid), newJournal: interrupted }),
    };
    const before = await look();

    await assert.rejects(applyChangeset(model, changes()), (error) =>
      inspect(error).includes("took too long"),
    );

    assert.deepEqual(await look(), before);
  });

  it("keeps a locator of somebody else whose id the changeset names", async () => {
    await applyChangeset(modelOf(account), [
      request("a", "POST Assets", { Name: "theirs" }),
      request("p", "POST AccessPolicies", { Name: "theirs", DurationInMinutes: 5, Permissions: 1 }),
      request("l", "POST Locators", {
        ...{ Id: NAMED_LOCATOR, Type: 2, Asset: linked("$a"), AccessPolicy: linked("$p") },
      }),
    ]);

    await assert.rejects(applyChangeset(modelOf(account), changes()));
    assert.equal((await account.stores.locators.get(NAMED_LOCATOR))?.value.type, 2);
  });
});

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined && !(error instanceof Died)
    ? causeOf(error.cause)
    : error;
}

async function all<T extends Entity>(store: EntityStore<T, never>): Promise<T[]> {
  const found: T[] = [];
  for await (const { value } of store.list()) found.push(value);
  return found;
}
