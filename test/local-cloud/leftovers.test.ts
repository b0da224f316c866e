import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { findLeftovers, leftoverLines, removeLeftovers } from "../../local-cloud/clean/leftovers";
import { lockedStacks, ownedIds } from "../../local-cloud/clean/owned-ids";
import type { MediaServicesClient } from "../../dynamic-providers/operations/media-services-client/client";
import type { EntitySet } from "../../dynamic-providers/operations/media-services-client/entities";

type Account = Pick<MediaServicesClient, "find" | "get" | "delete" | "invoke">;
type Entity = Record<string, unknown> & { id: string };

/** An account in memory that keeps what it was asked to do. */
function accountOf(entities: Record<string, Entity[]>): Account & { done: string[] } {
  const done: string[] = [];
  return {
    done,
    find: <T>(set: EntitySet<T>) => Promise.resolve((entities[set.path] ?? []) as T[]),
    get: <T>(set: EntitySet<T>, id: string) =>
      Promise.resolve(entities[set.path]?.find((entity) => entity.id === id) as T | undefined),
    delete: (set: EntitySet<unknown>, id: string) => {
      done.push(`delete ${set.path} ${id}`);
      return Promise.resolve(true);
    },
    invoke: (name: string, parameters: Readonly<Record<string, string>>) => {
      done.push(`${name} ${parameters["jobid"] ?? ""}`);
      for (const job of entities["Jobs"] ?? []) job["state"] = 5;
      return Promise.resolve();
    },
  };
}

describe("what no stack owns in a media account", () => {
  const entities = (): Record<string, Entity[]> => ({
    Assets: [
      { id: "asset-owned", name: "film" },
      { id: "asset-left", name: "old film" },
    ],
    Locators: [
      { id: "locator-owned", assetId: "asset-owned", accessPolicyId: "policy-used" },
      { id: "locator-sas", assetId: "asset-owned", accessPolicyId: "policy-left" },
      { id: "locator-left", assetId: "asset-left", accessPolicyId: "policy-left" },
    ],
    AccessPolicies: [
      { id: "policy-owned", name: "viewing" },
      { id: "policy-used", name: "by hand" },
      { id: "policy-left", name: "short" },
    ],
    Jobs: [
      { id: "job-owned", name: "encode", state: 3 },
      { id: "job-left", name: "encode again", state: 2 },
    ],
  });
  const owned = new Set(["asset-owned", "locator-owned", "policy-owned", "job-owned"]);

  it("is every asset, locator, policy and job that no state knows and nothing owned uses", async () => {
    const found = await findLeftovers(accountOf(entities()), owned);

    assert.deepEqual(leftoverLines(found), [
      "job            job-left  encode again",
      "asset          asset-left  old film  (1 locators)",
      "locator        locator-sas  on asset-owned",
      "access policy  policy-left  short",
    ]);
  });

  it("is removed in an order in which nothing is used any more, a running job stopped first", async () => {
    const account = accountOf(entities());

    await removeLeftovers(account, await findLeftovers(account, owned));

    assert.deepEqual(account.done, [
      "CancelJob job-left",
      "delete Jobs job-left",
      "delete Locators locator-left",
      "delete Locators locator-sas",
      "delete Assets asset-left",
      "delete AccessPolicies policy-left",
    ]);
  });
});

describe("the states of a file backend", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "twinstream-states-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const put = (path: string, content: unknown): void => {
    const file = join(directory, ".pulumi", path);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, JSON.stringify(content));
  };

  it("own the ids in every stack, also those of interrupted operations", () => {
    const id = (kind: string, digit: string): string =>
      `nb:${kind}:UUID:${digit.repeat(8)}-0000-0000-0000-00000000000A`;
    put("stacks/twinstream/dev.json", { resources: [{ outputs: { assetId: id("cid", "1") } }] });
    put("stacks/twinstream/other.json", { pending_operations: [{ id: id("jid", "2") }] });
    put("stacks/twinstream/dev.json.bak", { id: id("cid", "3") });
    put("history/twinstream/dev.json", { id: id("cid", "4") });

    assert.deepEqual(
      ownedIds(directory),
      new Set([id("cid", "1").toLowerCase(), id("jid", "2").toLowerCase()]),
    );
    assert.deepEqual(ownedIds(join(directory, "none")), new Set());
  });

  it("are in use while a lock's process lives", () => {
    put("locks/organization/twinstream/dev/a.json", { pid: process.pid });
    put("locks/organization/twinstream/old/b.json", { pid: 2 ** 22 + 1 });

    assert.deepEqual(lockedStacks(directory), [
      join(directory, ".pulumi/locks/organization/twinstream/dev/a.json"),
    ]);
  });
});
