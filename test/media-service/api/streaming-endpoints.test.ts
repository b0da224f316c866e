import { strict as assert } from "node:assert";
import { after, before, describe, it } from "mocha";
import { ApiClient } from "../../support/api-client";
import { type Azurite, startAzurite } from "../../support/azurite";
import { startMediaServiceHere } from "../../support/media-service";

const SETTINGS = {
  Description: "for films",
  CdnEnabled: "true",
  CdnProvider: "StandardVerizon",
  CdnProfile: "profile",
  StreamingEndpointVersion: "1.0",
  CustomHostNames: ["films.example.com", "www.example.com"],
  CacheControl: { MaxAge: "3600" },
  CrossSiteAccessPolicies: { ClientAccessPolicy: "<access-policy/>", CrossDomainPolicy: null },
  AccessControl: {
    IP: { Allow: [{ Name: "office", Address: "192.0.2.0", SubnetPrefixLength: 24 }] },
    Akamai: {
      AkamaiSignatureHeaderAuthenticationKeyList: [
        { Identifier: "k", Base64Key: "c2VjcmV0", Expiration: "2030-01-01T00:00:00Z" },
      ],
    },
  },
};

describe("streaming endpoints over the REST API", () => {
  let azurite: Azurite;
  let service: Awaited<ReturnType<typeof startMediaServiceHere>>;
  let api: ApiClient;
  before(async () => {
    azurite = await startAzurite();
    service = await startMediaServiceHere({ storage: azurite, env: { ROLES: "api" } });
    api = await ApiClient.connect(service);
  });
  after(async () => {
    await service.stop();
    await azurite.stop();
  });

  const light = { accept: "application/json" };
  const endpoint = async (id: string) =>
    JSON.parse(
      (await api.call("GET", `StreamingEndpoints('${id}')`, { headers: light })).text,
    ) as Record<string, unknown>;
  const remove = (id: string) => api.call("DELETE", `StreamingEndpoints('${id}')`);
  const act = (id: string, action: string, body: object = {}) =>
    api.call("POST", `StreamingEndpoints('${id}')/${action}`, { body });
  const operationOf = async (reply: { status: number; headers: Headers }) => {
    assert.equal(reply.status, 202);
    const path = `Operations('${reply.headers.get("operation-id") ?? ""}')`;
    return (await api.call("GET", path)).json.d;
  };
  const made = async (more: object = {}) => {
    const reply = await api.call("POST", "StreamingEndpoints", { body: { Name: "b", ...more } });
    assert.equal((await operationOf(reply)).TargetEntityId, reply.json.d.Id, reply.text);
    return reply.json.d.Id;
  };

  it("are made stopped, with all that a client chose, as operations to follow", async () => {
    const id = await made({ ...SETTINGS, ScaleUnits: 2 });
    const got = await endpoint(id);
    assert.deepEqual([got["State"], got["ScaleUnits"], got["Name"]], ["Stopped", 2, "b"]);
    assert.deepEqual(got["CustomHostNames"], SETTINGS.CustomHostNames);
    assert.deepEqual(got["CacheControl"], SETTINGS.CacheControl);
    assert.deepEqual(got["CrossSiteAccessPolicies"], SETTINGS.CrossSiteAccessPolicies);
    assert.deepEqual(got["AccessControl"], {
      ...SETTINGS.AccessControl,
      Akamai: {
        AkamaiSignatureHeaderAuthenticationKeyList: [
          { Identifier: "k", Base64Key: "c2VjcmV0", Expiration: "2030-01-01T00:00:00.0000000Z" },
        ],
      },
    });
    assert.deepEqual(
      [got["CdnEnabled"], got["CdnProvider"], got["StreamingEndpointVersion"]],
      [true, "StandardVerizon", "1.0"],
    );
    const { d } = (await api.call("GET", `StreamingEndpoints('${id}')`)).json as unknown as {
      d: { CustomHostNames: { __metadata: { type: string }; results: string[] } };
    };
    assert.equal(d.CustomHostNames.__metadata.type, "Collection(Edm.String)");
    assert.deepEqual(d.CustomHostNames.results, SETTINGS.CustomHostNames);
    assert.equal((await operationOf(await remove(id))).State, "Succeeded");
    assert.equal((await remove(id)).status, 404);
  });

  it("are changed by what is sent, and keep the rest", async () => {
    const id = await made(SETTINGS);
    const path = `StreamingEndpoints('${id}')`;
    const body = { Description: "other", AccessControl: null, CacheControl: { MaxAge: 5 } };
    assert.equal((await operationOf(await api.call("MERGE", path, { body }))).State, "Succeeded");
    const got = await endpoint(id);
    assert.deepEqual(
      [got["Description"], got["AccessControl"], got["CacheControl"]],
      ["other", null, { MaxAge: "5" }],
    );
    assert.deepEqual(got["CustomHostNames"], SETTINGS.CustomHostNames);
    assert.equal((await api.call("MERGE", path, { body: { Name: "c" } })).status, 400);
    await remove(id);
  });

  it("are started, scaled and stopped, and go only when they are stopped", async () => {
    const id = await made();
    const states: unknown[] = [];
    for (const [action, body] of [
      ["Start", {}],
      ["Start", {}],
      ["Scale", { scaleUnits: 3 }],
    ] as const) {
      await operationOf(await act(id, action, body));
      const got = await endpoint(id);
      states.push([got["State"], got["ScaleUnits"]]);
    }
    assert.deepEqual(states, [
      ["Running", 0],
      ["Running", 0],
      ["Running", 3],
    ]);
    assert.match((await remove(id)).json.error.message.value, /stop it first/);
    await operationOf(await act(id, "Stop"));
    assert.equal((await remove(id)).status, 202);
    assert.equal((await act(id, "Start")).status, 404);
  });

  for (const body of [{}, { scaleUnits: 11 }, { scaleUnits: "x" }, { scaleUnits: -1 }, []]) {
    it(`are not scaled by ${JSON.stringify(body)}`, async () => {
      const [first] = await api.list("StreamingEndpoints");
      assert.equal((await act(first?.Id ?? "", "Scale", body)).status, 400);
    });
  }

  it("are two at most, also when several are made at once", async () => {
    const tries = ["c", "d", "e"].map((Name) =>
      api.call("POST", "StreamingEndpoints", { body: { Name } }),
    );
    const replies = await Promise.all(tries);
    assert.deepEqual(replies.map(({ status }) => status).sort(), [202, 403, 403]);
    const refused = replies.find(({ status }) => status === 403);
    const { code } = (JSON.parse(refused?.text ?? "") as { error: { code: string } }).error;
    assert.equal(code, "ExceededResourceQuota");
    const [extra] = await api.list("StreamingEndpoints?$filter=Name ne 'default'");
    assert.equal((await remove(extra?.Id ?? "")).status, 202);
    await remove(await made());
  });

  it("keep the default one", async () => {
    const [first] = await api.list("StreamingEndpoints?$filter=Name eq 'default'");
    const reply = await remove(first?.Id ?? "");
    assert.equal(reply.status, 400);
    assert.match(reply.json.error.message.value, /default/);
  });

  for (const [why, body, status] of [
    ["no name", { Name: null }, 400],
    ["a name that is no part of a host name", { Name: "a_b" }, 400],
    ["too long a name", { Name: "x".repeat(25) }, 400],
    ["the default one's name", { Name: "Default" }, 409],
    ["too many units", { ScaleUnits: 11 }, 400],
    ["an unknown CDN", { CdnProvider: "Other" }, 400],
    ["a version that there is not", { StreamingEndpointVersion: "3.0" }, 400],
    ["a host name that is none", { CustomHostNames: ["http://x/"] }, 400],
    ["too many host names", { CustomHostNames: Array(101).fill("a.example.com") }, 400],
    ["an address that is none", { AccessControl: { IP: { Allow: [{ Address: "x" }] } } }, 400],
    [
      "a prefix longer than its address",
      { AccessControl: { IP: { Allow: [{ Address: "192.0.2.1", SubnetPrefixLength: 33 }] } } },
      400,
    ],
    ["an age before now", { CacheControl: { MaxAge: -1 } }, 400],
    ["a text for an object", { CacheControl: "3600" }, 400],
  ] as const) {
    it(`are refused with ${why}`, async () => {
      const reply = await api.call("POST", "StreamingEndpoints", {
        body: { Name: "b", ...(body as object) },
      });
      assert.equal(reply.status, status, reply.text);
      assert.equal((await api.list("StreamingEndpoints")).length, 1);
    });
  }
});
