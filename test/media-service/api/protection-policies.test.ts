import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "mocha";
import { ApiClient } from "../../support/api-client";
import { type Azurite, startAzurite } from "../../support/azurite";
import { startMediaServiceHere } from "../../support/media-service";
import { contentKeyBody } from "../../support/protected-content";

type Properties = Record<string, unknown>;

describe("policies of protected content over the REST API", () => {
  let azurite: Azurite;
  let service: Awaited<ReturnType<typeof startMediaServiceHere>>;
  let api: ApiClient;
  let readPolicy: string;
  before(async () => {
    azurite = await startAzurite();
    service = await startMediaServiceHere({ storage: azurite, env: { ROLES: "api,origin" } });
    api = await ApiClient.connect(service);
    const policy = { Name: "read", DurationInMinutes: 60, Permissions: 1 };
    readPolicy = (await api.create("AccessPolicies", policy)).Id;
    const [endpoint] = await api.list("StreamingEndpoints");
    await api.call("POST", `StreamingEndpoints('${endpoint?.Id ?? ""}')/Start`, { body: {} });
  });
  after(async () => {
    await service.stop();
    await azurite.stop();
  });

  const link = (source: string, property: string, target: string) =>
    api.call("POST", `${source}/$links/${property}`, {
      body: { uri: `${service.apiUrl}${target}` },
    });
  const unlink = (source: string, property: string, targetId: string) =>
    api.call("DELETE", `${source}/$links/${property}('${targetId}')`);
  const ids = async (path: string) => (await api.list(path)).map(({ Id }) => Id);
  const deliveryPolicy = (type: number, more: object = {}) => ({
    ...{ Name: "p", AssetDeliveryProtocol: 7, AssetDeliveryPolicyType: type, ...more },
  });
  const option = (more: object = {}) => ({ Name: "open", KeyDeliveryType: 2, ...more });

  it("keep what a client chose, and change", async () => {
    const configuration = '[{"Key":2,"Value":"https://keys/"}]';
    const made = await api.create(
      "AssetDeliveryPolicies",
      deliveryPolicy(3, { AssetDeliveryConfiguration: configuration }),
    );
    const path = `AssetDeliveryPolicies('${made.Id}')`;
    await api.call("MERGE", path, { body: { AssetDeliveryProtocol: 2 } });
    const got = (await api.call("GET", path)).json.d as unknown as Properties;
    assert.deepEqual(
      [got["AssetDeliveryProtocol"], got["AssetDeliveryPolicyType"], got["Name"]],
      [2, 3, "p"],
    );
    assert.equal(got["AssetDeliveryConfiguration"], configuration);
    assert.equal((await api.call("DELETE", path)).status, 204);
  });

  it("give options to authorization policies, and those to content keys", async () => {
    const restrictions = [{ Name: "any", KeyRestrictionType: 0, Requirements: null }];
    const one = await api.create(
      "ContentKeyAuthorizationPolicyOptions",
      option({ Restrictions: restrictions }),
    );
    const policy = await api.create("ContentKeyAuthorizationPolicies", { Name: "policy" });
    const path = `ContentKeyAuthorizationPolicies('${policy.Id}')`;
    const target = `ContentKeyAuthorizationPolicyOptions('${one.Id}')`;
    assert.equal((await link(path, "Options", target)).status, 204);
    const light = { accept: "application/json" };
    const [found] = (
      JSON.parse((await api.call("GET", `${path}/Options`, { headers: light })).text) as {
        value: Properties[];
      }
    ).value;
    assert.deepEqual([found?.["Id"], found?.["Restrictions"]], [one.Id, restrictions]);
    assert.equal((await api.call("DELETE", target)).status, 409);

    const { body } = await contentKeyBody(api);
    await api.create("ContentKeys", { ...body, AuthorizationPolicyId: "" });
    const key = `ContentKeys('${body.Id}')`;
    const change = { AuthorizationPolicyId: policy.Id };
    assert.equal((await api.call("MERGE", key, { body: change })).status, 204);
    const got = (await api.call("GET", key)).json.d as unknown as Properties;
    assert.equal(got["AuthorizationPolicyId"], policy.Id);

    assert.equal((await unlink(path, "Options", one.Id)).status, 204);
    assert.equal((await unlink(path, "Options", one.Id)).status, 404);
    assert.equal((await api.call("DELETE", target)).status, 204);
    assert.equal((await api.call("DELETE", path)).status, 204);
  });

  it("and keys are linked to assets, once, until the asset or the key goes", async () => {
    const asset = (await api.create("Assets", { Name: "a" })).Id;
    const { body } = await contentKeyBody(api, { type: 1 });
    await api.create("ContentKeys", body);
    const path = `Assets('${asset}')`;
    const target = `ContentKeys('${body.Id}')`;
    const replies = await Promise.all([
      link(path, "ContentKeys", target),
      link(path, "ContentKeys", target),
    ]);
    assert.deepEqual(
      replies.map(({ status }) => status),
      [204, 204],
    );
    assert.deepEqual(await ids(`${path}/ContentKeys`), [body.Id]);
    const unknown = `ContentKeys('nb:kid:UUID:${randomUUID()}')`;
    assert.equal((await link(path, "ContentKeys", unknown)).status, 404);
    await api.call("DELETE", target);
    assert.deepEqual(await ids(`${path}/ContentKeys`), []);
    assert.equal((await api.call("DELETE", path)).status, 204);
  });

  for (const [why, type, options, answer, message] of [
    ["demands AES encryption", 3, 0, 403, /demands encryption/],
    ["demands common encryption", 4, 0, 403, /demands encryption/],
    ["blocks streaming", 1, 0, 403, /blocks streaming/],
    ["wants it in the clear", 2, 0, 404, /film/],
    ["wants it in the clear, but it is encrypted in the store", 2, 1, 403, /StorageEncrypted/],
  ] as const) {
    it(`make the origin answer ${answer} for an asset whose policy ${why}`, async () => {
      const asset = (await api.create("Assets", { Name: "a", Options: options })).Id;
      const body = { AssetId: asset, AccessPolicyId: readPolicy, Type: 2 };
      const policy = (await api.create("AssetDeliveryPolicies", deliveryPolicy(type))).Id;
      const target = `AssetDeliveryPolicies('${policy}')`;
      assert.equal((await link(`Assets('${asset}')`, "DeliveryPolicies", target)).status, 204);
      assert.deepEqual(await ids(`Assets('${asset}')/DeliveryPolicies`), [policy]);
      const { Path: address } = await api.create("Locators", body);
      const reply = await fetch(`${address}film.ism/manifest(format=m3u8-cmaf)`);
      assert.deepEqual([reply.status, message.test(await reply.text())], [answer, true]);
      // Without it the asset would be streamed in clear.
      assert.equal((await api.call("DELETE", target)).status, 409);
      await api.call("DELETE", `Assets('${asset}')`);
      assert.equal((await api.call("DELETE", target)).status, 204);
    });
  }

  for (const [set, why, body] of [
    ["AssetDeliveryPolicies", "an unknown type", deliveryPolicy(6)],
    ["AssetDeliveryPolicies", "no type", deliveryPolicy(0)],
    ["AssetDeliveryPolicies", "no protocol", deliveryPolicy(2, { AssetDeliveryProtocol: 0 })],
    ["AssetDeliveryPolicies", "too long a name", deliveryPolicy(2, { Name: "x".repeat(4001) })],
    ["ContentKeyAuthorizationPolicies", "too long a name", { Name: "x".repeat(4001) }],
    ["ContentKeyAuthorizationPolicyOptions", "an unknown delivery", option({ KeyDeliveryType: 9 })],
    [
      "ContentKeyAuthorizationPolicyOptions",
      "an unknown restriction",
      option({ Restrictions: [{ KeyRestrictionType: 7 }] }),
    ],
    [
      "ContentKeyAuthorizationPolicyOptions",
      "too long a text",
      option({ KeyDeliveryConfiguration: "x".repeat(30_001) }),
    ],
  ] as const) {
    it(`in ${set} are refused with ${why}`, async () => {
      assert.equal((await api.call("POST", set, { body })).status, 400);
    });
  }

  it("of reserved units are noted for the account, up to what it may have", async () => {
    const light = { accept: "application/json" };
    const read = async () =>
      (
        JSON.parse(
          (await api.call("GET", "EncodingReservedUnitTypes", { headers: light })).text,
        ) as { value: Properties[] }
      ).value[0] ?? {};
    const before = await read();
    assert.deepEqual(
      [before["ReservedUnitType"], before["CurrentReservedUnits"], before["MaxReservableUnits"]],
      [0, 0, 25],
    );
    const path = `EncodingReservedUnitTypes(guid'${String(before["AccountId"])}')`;
    const reserve = (body: object) => api.call("PUT", path, { body });
    for (const wanted of [
      { ReservedUnitType: 2, CurrentReservedUnits: 3 },
      { CurrentReservedUnits: 1 },
    ]) {
      assert.equal((await reserve(wanted)).status, 204);
    }
    assert.deepEqual(
      [(await read())["ReservedUnitType"], (await read())["CurrentReservedUnits"]],
      [2, 1],
    );
    assert.match((await reserve({ CurrentReservedUnits: 26 })).text, /can only reserve up to/);
    const other = `EncodingReservedUnitTypes(guid'${randomUUID()}')`;
    assert.equal((await api.call("PUT", other, { body: {} })).status, 404);
  });
});
