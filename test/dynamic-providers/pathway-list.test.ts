import { strict as assert } from "node:assert";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { after, before, describe, it } from "mocha";
import {
  operations,
  type PathwayListInputs,
} from "../../dynamic-providers/operations/pathway-list";
import { UNKNOWN } from "../../dynamic-providers/operations/resource-operations";
import { type Azurite, startAzurite } from "../support/azurite";

describe("a list of pathways", function () {
  this.timeout(30_000);
  let store: Azurite;
  let inputs: PathwayListInputs;

  before(async () => {
    store = await startAzurite();
    const { accountName, accountKey, blobEndpoint } = store;
    const pathways = [{ name: "edge", baseUrl: "https://edge.test" }];
    inputs = { accountName, accountKey, blobEndpoint, pathways, version: 1 };
  });
  after(() => store.stop());

  function stored() {
    const credential = new StorageSharedKeyCredential(store.accountName, store.accountKey);
    return new BlobServiceClient(store.blobEndpoint, credential)
      .getContainerClient("twinstream")
      .getBlockBlobClient("pathways.json");
  }

  it("is a blob in the store, which a killed run may have written already", async () => {
    const first = await operations.create(inputs);
    assert.deepEqual(await operations.create(inputs), first);

    assert.deepEqual(first, { id: `${store.accountName}/twinstream/pathways.json`, outs: inputs });
    const blob = await stored().downloadToBuffer();
    assert.deepEqual(JSON.parse(blob.toString()), { pathways: inputs.pathways });
  });

  it("is written anew when the pathways change, and found changed when somebody else did it", async () => {
    const pathways = [...inputs.pathways, { name: "west", baseUrl: "http://127.0.0.1:8081" }];
    assert.deepEqual(await operations.diff("id", inputs, { ...inputs, pathways }), {
      changes: true,
      replaces: [],
    });
    const { outs } = await operations.update("id", inputs, { ...inputs, pathways });
    assert.deepEqual((await operations.read("id", inputs)).props, outs);
    assert.equal((await operations.diff("id", outs, outs)).changes, false);

    await stored().upload("not JSON", 8);
    assert.deepEqual((await operations.read("id", outs)).props?.pathways, []);
  });

  it("is moved to another store by making it there", async () => {
    const elsewhere = { ...inputs, accountName: "other" };
    assert.deepEqual(await operations.diff("id", inputs, elsewhere), {
      changes: true,
      replaces: ["accountName"],
    });
    const unknown = { ...inputs, accountName: UNKNOWN };
    assert.deepEqual(await operations.diff("id", inputs, unknown), { changes: true, replaces: [] });
  });

  it("is gone after its end, which may come twice", async () => {
    await operations.delete("id", inputs);
    await operations.delete("id", inputs);

    assert.deepEqual(await operations.read("id", inputs), { id: "" });
  });

  it("refuses addresses that hold more than scheme and host", async () => {
    for (const pathways of [
      [],
      [{ name: "a b", baseUrl: "http://a" }],
      [{ name: "a", baseUrl: "http://a/b" }],
    ]) {
      const { failures } = await operations.check({}, { ...inputs, pathways });
      assert.match(failures[0]?.reason ?? "", /^pathways must be a list/);
    }
    assert.deepEqual((await operations.check({}, inputs)).failures, []);
  });
});
