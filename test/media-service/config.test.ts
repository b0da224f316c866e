import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { readConfig } from "../../media-service/config";

const addresses = {
  STORAGE_ACCOUNT_NAME: "store",
  BLOB_ENDPOINT: "https://store.blob.core.windows.net/",
  QUEUE_ENDPOINT: "https://store.queue.core.windows.net/",
  TABLE_ENDPOINT: "https://store.table.core.windows.net/",
};
const account = { MEDIA_ACCOUNT_NAME: "media", MEDIA_ACCOUNT_KEY: "key" };
const byKey = { ...account, ...addresses, STORAGE_ACCOUNT_KEY: "c2VjcmV0" };
const byIdentity = { ...account, ...addresses, STORAGE_ACCESS: "identity" };
const endpoints = {
  accountName: "store",
  blobEndpoint: "https://store.blob.core.windows.net",
  queueEndpoint: "https://store.queue.core.windows.net",
  tableEndpoint: "https://store.table.core.windows.net",
};

describe("the settings of a media service", () => {
  it("reach the store by key unless they say otherwise", () => {
    assert.deepEqual(readConfig(byKey).storage, { ...endpoints, accountKey: "c2VjcmV0" });
  });

  it("reach the store by an identity, without any key", () => {
    assert.deepEqual(readConfig(byIdentity).storage, { ...endpoints, clientId: undefined });
    const { storage } = readConfig({ ...byIdentity, AZURE_CLIENT_ID: "an id" });
    assert.deepEqual(storage, { ...endpoints, clientId: "an id" });
  });

  for (const [what, env, message] of [
    ["no key", { ...byKey, STORAGE_ACCOUNT_KEY: "" }, /STORAGE_ACCOUNT_KEY is required/],
    ["an unknown access", { ...byKey, STORAGE_ACCESS: "magic" }, /one of shared-key, identity/],
    [
      "tokens in the clear",
      { ...byIdentity, TABLE_ENDPOINT: "http://store.table.core.windows.net" },
      /^ConfigError: TABLE_ENDPOINT must begin with https/,
    ],
  ] as const) {
    it(`are refused with ${what}`, () => {
      assert.throws(() => readConfig(env), message);
    });
  }
});
