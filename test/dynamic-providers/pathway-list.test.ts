import { strict as assert } from "node:assert";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { after, before, describe, it } from "mocha";
import {
  operations,
  type PathwayListInputs,
} from "../../dynamic-providers/operations/pathway-list";
import { UNKNOWN } from "../../dynamic-providers/operations/resource-operations";
import { ApiClient } from "../support/api-client";
import { type Azurite, startAzurite } from "../support/azurite";
import { startMediaServiceHere } from "../support/media-service";

describe("a list of pathways", function () {
  this.timeout(60_000);
  let store: Azurite;
  let service: Awaited<ReturnType<typeof startMediaServiceHere>>;
  let inputs: PathwayListInputs;

  before(async () => {
    store = await startAzurite();
    service = await startMediaServiceHere({ storage: store, env: { ROLES: "api" } });
    const { apiUrl, tokenUrl, accountName, accountKey } = service;
    const pathways = [{ name: "edge", baseUrl: "https://edge.test" }];
    inputs = { account: { apiUrl, tokenUrl, accountName, accountKey }, pathways, version: 2 };
  });
  after(async () => {
    await service.stop();
    await store.stop();
  });

  function stored() {
    const credential = new StorageSharedKeyCredential(store.accountName, store.accountKey);
    return new BlobServiceClient(store.blobEndpoint, credential)
      .getContainerClient("twinstream")
      .getBlockBlobClient("pathways.json");
  }

  it("is written by the service into its store, also after a killed run did it already", async () => {
    const first = await operations.create(inputs);
    assert.deepEqual(await operations.create(inputs), first);

    assert.deepEqual(first, { id: `${service.accountName}/pathways`, outs: inputs });
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

  it("is made anew in another account, and not before its name is known", async () => {
    const to = (accountName: string) => ({
      ...inputs,
      account: { ...inputs.account, accountName },
    });
    assert.deepEqual(await operations.diff("id", inputs, to("other")), {
      changes: true,
      replaces: ["account"],
    });
    const unknown = await operations.diff("id", inputs, to(UNKNOWN));
    assert.deepEqual(unknown, { changes: true, replaces: [] });
  });

  it("of version 1, which named a store, is refreshed as it is and brought up in place", async () => {
    const key = { accountName: "store", accountKey: "key", blobEndpoint: "http://127.0.0.1:1" };
    const old = { ...key, pathways: inputs.pathways, version: 1 } as unknown as PathwayListInputs;
    assert.deepEqual(await operations.read("store/x", old), { id: "store/x", props: old });
    assert.deepEqual(await operations.diff("store/x", old, inputs), {
      changes: true,
      replaces: [],
    });
    assert.deepEqual(await operations.update("store/x", old, inputs), { outs: inputs });
    await operations.delete("store/x", old);
    assert.deepEqual((await operations.read("store/x", inputs)).props, inputs);
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

  it("is written and read by nobody without a token, and nothing else is written there", async () => {
    const url = `${service.baseUrl}/management/pathways`;
    const { token } = await ApiClient.connect(service);
    const ask = async (method: string, body: string | undefined, authorization: string) => {
      const headers = { authorization, ...(body === undefined ? {} : { "content-type": "a/b" }) };
      const reply = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
      return reply.status;
    };
    const good = JSON.stringify({ pathways: inputs.pathways });
    for (const method of ["GET", "DELETE"]) assert.equal(await ask(method, undefined, ""), 401);
    assert.equal(await ask("PUT", good, "Bearer x"), 401);
    for (const body of [
      "",
      "x",
      "null",
      "{}",
      '{"pathways":[{"name":"a","baseUrl":"javascript:"}]}',
    ])
      assert.equal(await ask("PUT", body, `Bearer ${token}`), 400, body);
    assert.equal(await ask("PUT", "x".repeat(70_000), `Bearer ${token}`), 413);
    assert.equal(await ask("GET", undefined, `Bearer ${token}`), 404);
    assert.equal(await ask("PUT", good, `Bearer ${token}`), 204);
  });
});
