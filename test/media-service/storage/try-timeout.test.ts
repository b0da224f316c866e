import { strict as assert } from "node:assert";
import { after, before, describe, it } from "mocha";
import { UnavailableError } from "../../../media-service/domain/errors";
import { entityId } from "../../../media-service/domain/ids";
import type { AccountStores } from "../../../media-service/ports/account-stores";
import { openTables } from "../../../media-service/storage/table-account-stores";
import { startStoreProxy, type StoreProxy } from "../../dynamic-providers/copy/store-proxy";
import { type Azurite, startAzurite } from "../../support/azurite";

const ID = entityId("cid", "0f1e2d3c-4b5a-4697-8877-665544332211");

describe("tables that take a request and are silent", () => {
  let azurite: Azurite;
  let proxy: StoreProxy;
  let stores: AccountStores;
  let silent = 0;
  before(async () => {
    azurite = await startAzurite();
    proxy = await startStoreProxy(azurite.tableEndpoint, {
      before: () => (silent-- > 0 ? new Promise(() => undefined) : undefined),
    });
    const tableEndpoint = proxy.through(azurite.tableEndpoint);
    const clock = { now: () => new Date() };
    stores = await openTables({ ...azurite, tableEndpoint }, clock, { tryTimeoutMs: 400 });
  });
  after(async () => {
    await (proxy as StoreProxy | undefined)?.[Symbol.asyncDispose]();
    await (azurite as Azurite | undefined)?.stop();
  });

  it("are asked again", async () => {
    silent = 1;
    assert.equal(await stores.assets.get(ID), undefined);
  });

  it("are given up in the end", async () => {
    silent = Infinity;
    await assert.rejects(stores.assets.get(ID), UnavailableError);
  });

  it("are given up at once by who has a signal", async () => {
    silent = Infinity;
    const begun = performance.now();
    await assert.rejects(stores.assets.get(ID, AbortSignal.timeout(100)), { name: "AbortError" });
    assert(performance.now() - begun < 400);
  });
});
