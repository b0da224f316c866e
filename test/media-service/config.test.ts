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

  const tenantId = "11111111-2222-4333-8444-555555555555";
  const byEntra = {
    ...{ ...byIdentity, MEDIA_ACCOUNT_KEY: "", ENTRA_TENANT_ID: tenantId },
    ENTRA_AUDIENCE: "api://media, 66666666-2222-4333-8444-555555555555",
  };

  it("need no account key where tokens of Entra ID are taken", () => {
    const { accountKey, entra } = readConfig(byEntra);
    assert.equal(accountKey, undefined);
    assert.deepEqual(entra, {
      tenantId,
      audiences: ["api://media", "66666666-2222-4333-8444-555555555555"],
      authority: "https://login.microsoftonline.com/",
      allowed: [],
    });
  });

  it("take an authority of this machine, and a list of who may call", () => {
    const { entra } = readConfig({
      ...{ ...byEntra, ENTRA_AUTHORITY: "http://127.0.0.1:1", ENTRA_ALLOWED: `${tenantId},` },
    });
    assert.deepEqual([entra?.authority, entra?.allowed], ["http://127.0.0.1:1/", [tenantId]]);
  });

  it("bound the memory of the origin and its patience, by default and when told", () => {
    const mib = 1024 * 1024;
    assert.deepEqual(readConfig(byKey).origin, {
      ...{ indexBytes: 16 * mib, segmentBytes: 24 * mib, sendingBytes: 48 * mib, stallMs: 30_000 },
    });
    const told = { INDEX_CACHE_MIB: "256", SEGMENT_CACHE_MIB: "0", SENDING_MIB: "8" };
    assert.deepEqual(readConfig({ ...byKey, ...told, STALL_SECONDS: "5" }).origin, {
      ...{ indexBytes: 256 * mib, segmentBytes: 0, sendingBytes: 8 * mib, stallMs: 5000 },
    });
  });

  for (const [what, env, message] of [
    ["no way in", { ...byKey, MEDIA_ACCOUNT_KEY: "" }, /MEDIA_ACCOUNT_KEY is required/],
    [
      "a tenant's name",
      { ...byEntra, ENTRA_TENANT_ID: "common" },
      /ENTRA_TENANT_ID must be .*GUID/,
    ],
    ["no audience", { ...byEntra, ENTRA_AUDIENCE: " , " }, /ENTRA_AUDIENCE is required/],
    [
      "an audience alone",
      { ...byKey, ENTRA_AUDIENCE: "x" },
      /ENTRA_AUDIENCE needs ENTRA_TENANT_ID/,
    ],
    ["names of callers", { ...byEntra, ENTRA_ALLOWED: "me@x.org" }, /ENTRA_ALLOWED must be/],
    [
      "an authority in the clear",
      { ...byEntra, ENTRA_AUTHORITY: "http://login.example.org/" },
      /ENTRA_AUTHORITY must be an https address/,
    ],
    [
      "principals whose tokens nothing signs",
      {
        ...byEntra,
        SERVICE_PRINCIPALS: JSON.stringify([{ tenantId, clientId: "c", clientSecret: "s" }]),
      },
      /SERVICE_PRINCIPALS needs MEDIA_ACCOUNT_KEY/,
    ],
    [
      "no memory for indexes",
      { ...byKey, INDEX_CACHE_MIB: "0" },
      /INDEX_CACHE_MIB must be .* from 1/,
    ],
    ["half a MiB", { ...byKey, SEGMENT_CACHE_MIB: "0.5" }, /SEGMENT_CACHE_MIB .*got '0\.5'/],
    ["endless patience", { ...byKey, STALL_SECONDS: "1e9" }, /STALL_SECONDS .* to 3600/],
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
