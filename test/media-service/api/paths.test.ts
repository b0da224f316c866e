import { strict as assert } from "node:assert";
import { after, before, describe, it } from "mocha";
import { apiFunctions } from "../../../media-service/api/functions";
import type { AccountDeps } from "../../../media-service/services/account-deps";
import { ApiClient, VERBOSE, type WireEntity } from "../../support/api-client";
import { type Azurite, startAzurite } from "../../support/azurite";
import { startMediaServiceHere, type TestMediaService } from "../../support/media-service";
import { parseWellFormed } from "../../support/well-formed";

const ATOM = "application/atom+xml";
const LIGHT = "application/json";

describe("the REST API's addresses and queries", () => {
  let azurite: Azurite;
  let service: Omit<TestMediaService, "pid" | "kill">;
  let api: ApiClient;
  let asset: WireEntity;
  let file: WireEntity;
  let locator: WireEntity;

  before(async function () {
    this.timeout(60_000);
    azurite = await startAzurite();
    service = await startMediaServiceHere({ storage: azurite, env: { ROLES: "api" } });
    api = await ApiClient.connect(service);
    asset = await api.create("Assets", { Name: "first" });
    file = await api.create("Files", { Name: "a.mp4", ParentAssetId: asset.Id });
    await api.create("Files", { Name: "b.mp4", ParentAssetId: asset.Id });
    const policy = await api.create("AccessPolicies", {
      Name: "p",
      DurationInMinutes: 5,
      Permissions: 1,
    });
    const body = { AssetId: asset.Id, AccessPolicyId: policy.Id, Type: 2 };
    locator = await api.create("Locators", body);
    for (const name of ["b", "a", "c"])
      await api.create("Assets", { Name: name, AlternateId: "letter" });
  });

  after(async () => {
    await service.stop();
    await azurite.stop();
  });

  const get = (path: string, accept = VERBOSE) => api.call("GET", path, { headers: { accept } });
  const names = async (path: string) => (await api.list(path)).map(({ Name }) => Name);

  it("follows navigation properties as deep as they go", async () => {
    const at = `Locators('${locator.Id}')/Asset`;
    assert.equal((await get(at)).json.d.Id, asset.Id);
    assert.deepEqual((await get(`${at}/Name`)).json.d, { Name: "first" });
    assert.equal((await get(`${at}/Files('${file.Id}')`)).json.d.Name, "a.mp4");
    assert.equal((await get(`${at}/Files('${file.Id}')/Name/$value`)).text, "a.mp4");
    assert.equal((await get(`${at}/Files()/$count`)).text, "2");
    const other = (await api.list("Assets?$filter=Name eq 'b'"))[0]?.Id ?? "";
    assert.equal((await get(`Assets('${other}')/Files('${file.Id}')`)).status, 404);
  });

  it("gives one value as plain text, and 404 where it is null", async () => {
    const reply = await get(`Assets('${asset.Id}')/State/$value`, "text/plain");
    assert.deepEqual([reply.status, reply.text], [200, "0"]);
    assert.equal(reply.headers.get("content-type"), "text/plain;charset=utf-8");
    assert.match((await get(`Assets('${asset.Id}')/Created/$value`)).text, /^20.*Z$/);
    assert.equal((await get(`Assets('${asset.Id}')/AlternateId/$value`)).status, 404);
  });

  it("takes double slashes, empty parentheses, named keys, and ids in any case", async () => {
    for (const path of [
      `/Assets('${asset.Id}')`,
      `/Assets(Id='${encodeURIComponent(asset.Id)}')/`,
      `Assets('${asset.Id.toUpperCase()}')`,
      `Locators('${locator.Id}')//Asset`,
    ]) {
      assert.equal((await get(path)).json.d.Id, asset.Id, path);
    }
    assert.equal((await get("Assets()/$count")).text, "4");
  });

  for (const [path, status] of [
    ["assets", 404],
    ["Assets/Files", 404],
    ["Assets/$count/x", 404],
    ["$links", 404],
    ["Assets('nb:cid:UUID:00000000-0000-0000-0000-000000000000')", 404],
    ["Assets(1)", 400],
    ["Assets('a'", 400],
    ["Assets('a')('b')", 400],
    [`${"x/".repeat(11)}x`, 404],
  ] as const) {
    it(`answers ${status} to ${path.slice(0, 40)}`, async () => {
      assert.equal((await get(path)).status, status);
    });
  }

  it("answers 405 with what is allowed where a method is not offered", async () => {
    for (const [method, path] of [
      ["POST", `Assets('${asset.Id}')`],
      ["DELETE", "Assets"],
      ["PUT", `Assets('${asset.Id}')/Name`],
      ["DELETE", `Assets('${asset.Id}')/$links/Files('${file.Id}')`],
    ] as const) {
      const reply = await api.call(method, path, { body: {} });
      assert.deepEqual([reply.status, reply.headers.get("allow") !== null], [405, true], path);
    }
  });

  it("lists links in every form", async () => {
    const path = `Assets('${asset.Id}')/$links/Files`;
    const uris = (await get(path)).json.d.results as unknown as { uri: string }[];
    assert.equal(uris.length, 2);
    const address = `${service.apiUrl}Files('${encodeURIComponent(file.Id)}')`;
    assert.ok(uris.some(({ uri }) => uri === address));
    const light = (await get(path, LIGHT)).json as unknown as { value: { url: string }[] };
    assert.ok(light.value.some(({ url }) => url === address));
    const { text, headers } = await get(path, ATOM);
    assert.equal(headers.get("content-type"), "application/xml;charset=utf-8");
    assert.match(
      text,
      /<links xmlns="http:\/\/schemas.microsoft.com\/ado\/2007\/08\/dataservices"/,
    );
    assert.ok(text.includes(`<uri>${address}</uri>`));
    const one = (await get(`Locators('${locator.Id}')/$links/Asset`)).json.d as unknown as object;
    assert.deepEqual(one, { uri: `${service.apiUrl}Assets('${encodeURIComponent(asset.Id)}')` });
  });

  it("makes an entity by a POST to where it belongs", async () => {
    const reply = await api.call("POST", `Assets('${asset.Id}')/Files`, {
      body: { Name: "c.mp4" },
    });
    assert.equal(reply.status, 201, reply.text);
    assert.equal((await get(`Assets('${asset.Id}')/Files/$count`)).text, "3");
    assert.equal((await api.call("DELETE", `Files('${reply.json.d.Id}')`)).status, 204);
  });

  it("sorts by several keys, each in its direction, and keeps ties in the list's order", async () => {
    assert.deepEqual(await names("Assets?$orderby=AlternateId desc,Name"), [
      "a",
      "b",
      "c",
      "first",
    ]);
    assert.deepEqual(await names("Assets?$orderby=AlternateId, Name desc"), [
      "first",
      "c",
      "b",
      "a",
    ]);
    assert.deepEqual(
      await names("Assets?$orderby=Options"),
      await names("Assets"),
      "all have the same",
    );
  });

  it("selects properties of lists and of single entities, in every form", async () => {
    const path = `Assets('${asset.Id}')?$select=Name,State`;
    assert.deepEqual(Object.keys((await get(path)).json.d), ["__metadata", "State", "Name"]);
    assert.deepEqual(Object.keys((await get(path, LIGHT)).json), [
      "odata.metadata",
      "State",
      "Name",
    ]);
    const { text } = await get(path, ATOM);
    assert.ok(
      text.includes("<d:Name>") && !text.includes("<d:Options") && !text.includes("related/"),
    );
    const [one] = await api.list("Jobs()?$top=1&$select=State,%20RunningDuration");
    assert.equal(one, undefined);
  });

  it("counts all that pass the filter beside a page of them", async () => {
    const path = "Assets?$inlinecount=allpages&$top=1&$filter=AlternateId eq 'letter'";
    assert.deepEqual([(await get(path)).json.d.__count, (await api.list(path)).length], ["3", 1]);
    const light = (await get(path, LIGHT)).json as unknown as { "odata.count": string };
    assert.equal(light["odata.count"], "3");
    assert.ok((await get(path, ATOM)).text.includes("<m:count>3</m:count>"));
  });

  for (const query of [
    "Assets?$expand=Files",
    "Assets?$apply=x",
    "Assets?$top=-1",
    "Assets?$top=1e3",
    "Assets?$skip=x",
    "Assets?$inlinecount=some",
    "Assets?$orderby=Nothing",
    "Assets?$orderby=Name sideways",
    "Assets?$select=Nothing",
    "Assets?$top=1&$top=2",
    "Assets?$skiptoken=x",
    "Assets?$filter=Name",
    "Assets/$count?$filter=x",
  ]) {
    it(`refuses ${query} with a reason`, async () => {
      const reply = await get(query);
      assert.equal(reply.status, 400);
      assert.ok(reply.json.error.message.value.length > 10);
    });
  }

  it("refuses options of lists on one entity", async () => {
    for (const option of ["$top=1", "$filter=Name eq 'a'", "$orderby=Name", "$inlinecount=none"]) {
      assert.equal((await get(`Assets('${asset.Id}')?${option}`)).status, 400, option);
    }
    assert.equal((await get("Assets?other=1")).status, 200, "what is no option is passed over");
  });

  it("gives the same in a filter that the store helps with as in one that it can't help with", async () => {
    const after = new Date(Date.now() - 3_600_000).toISOString();
    for (const [helped, plain] of [
      ["startswith(Name,'f')", "substringof('fir',Name)"],
      ["Name ge 'b' and Name lt 'd'", "not (Name lt 'b' or Name ge 'd')"],
      ["State eq 0 and AlternateId eq 'letter'", "length(AlternateId) gt 0"],
      [`Created gt datetime'${after}'`, "length(Name) gt 0"],
      ["Created lt datetime'2001-01-01'", "Name eq null"],
      ["AlternateId eq 'LETTER'", "Name eq null"],
      ["LastModified ge Created and Options le 0", "length(Name) gt 0"],
      ["Options lt 1.5 and Options gt -1e30", "length(Name) gt 0"],
      [`startswith(Name,'${"x".repeat(4000)}')`, "Name eq null"],
      ["Name ge '%F0%9F%98%80' or Created gt datetime'0001-01-01'", "length(Name) gt 0"],
    ] as const) {
      const expected = await names(`Assets?$filter=${plain}`);
      assert.deepEqual(await names(`Assets?$filter=${helped}`), expected, helped);
    }
    assert.equal((await names("Assets?$filter=startswith(Name,'f')")).length, 1);
  });

  describe("metadata", () => {
    it("is well-formed EDMX that knows every set, function and action", async () => {
      const { text, headers } = await get("$metadata", "application/xml");
      assert.equal(headers.get("content-type"), "application/xml;charset=utf-8");
      assert.ok(parseWellFormed(text));
      for (const name of (await get("")).json.d.EntitySets) {
        assert.ok(text.includes(`<EntitySet Name="${name}"`), name);
      }
      for (const name of apiFunctions({} as AccountDeps).keys()) {
        assert.match(text, new RegExp(`<FunctionImport Name="${name}"`, "i"));
      }
      assert.match(text, /<FunctionImport Name="Start" IsBindable="true"/);
    });

    it("names only types and ends that it declares", async () => {
      const { text } = await get("$metadata");
      const schemas = text.split("<Schema Namespace=").slice(1);
      const declared = schemas.flatMap((schema) => {
        const namespace = /^"([^"]+)"/.exec(schema)?.[1] ?? "";
        const types = schema.matchAll(/<(?:EntityType|ComplexType|Association) Name="([^"]+)"/g);
        return [...types].map(([, name = ""]) => `${namespace}.${name}`);
      });
      const uses = text.matchAll(
        / (?:Type|EntityType|Relationship|Association)="(?:Collection\()?([^")]+)/g,
      );
      const used = [...uses].map(([, type = ""]) => type);
      const missing = used.filter((type) => !type.startsWith("Edm.") && !declared.includes(type));
      assert.deepEqual(missing, []);
      assert.ok(declared.length > 15 && used.length > 50);
    });

    it("may be asked with the version in the query", async () => {
      const authorization = `Bearer ${api.token}`;
      const url = `${service.apiUrl}$metadata?api-version=2.19`;
      assert.equal((await fetch(url, { headers: { authorization } })).status, 200);
    });
  });

  it("is described by a service document in every form", async () => {
    const { text } = await get("", ATOM);
    assert.match(text, /<collection href="Assets"><atom:title>Assets<\/atom:title><\/collection>/);
    const light = (await get("", LIGHT)).json as unknown as { value: { name: string }[] };
    assert.ok(light.value.some(({ name }) => name === "Locators"));
  });
});
