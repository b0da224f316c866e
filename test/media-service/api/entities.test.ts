import { strict as assert } from "node:assert";
import { after, before, describe, it } from "mocha";
import { ApiClient } from "../../support/api-client";
import { type Azurite, startAzurite } from "../../support/azurite";
import { startMediaServiceHere } from "../../support/media-service";

const MISSING_ASSET = "nb:cid:UUID:00000000-0000-0000-0000-000000000001";
const MISSING_POLICY = "nb:pid:UUID:00000000-0000-0000-0000-000000000001";
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);

describe("the REST API's entities in verbose JSON", () => {
  let azurite: Azurite;
  let service: Awaited<ReturnType<typeof startMediaServiceHere>>;
  let api: ApiClient;
  let readPolicy: string;
  before(async () => {
    azurite = await startAzurite();
    service = await startMediaServiceHere({ storage: azurite, env: { ROLES: "api" } });
    api = await ApiClient.connect(service);
    const policy = { Name: "read", DurationInMinutes: 60, Permissions: 1 };
    readPolicy = (await api.create("AccessPolicies", policy)).Id;
  });
  after(async () => {
    await service.stop();
    await azurite.stop();
  });

  const newAsset = async (name = "asset") => (await api.create("Assets", { Name: name })).Id;
  const locator = (assetId: string, more: object = {}) => ({
    ...{ AssetId: assetId, AccessPolicyId: readPolicy, Type: 2 },
    ...more,
  });
  const containerStatus = async (uri: string, query: string) =>
    (await fetch(`${uri}${query}&restype=container&comp=list`)).status;

  describe("an asset", () => {
    it("is made with its container and answered with its address", async () => {
      const reply = await api.call("POST", "Assets", { body: { Name: "né'w", Options: "0" } });
      assert.equal(reply.status, 201);
      const asset = reply.json.d;
      assert.match(asset.Id, /^nb:cid:UUID:[0-9a-f-]{36}$/);
      assert.equal(reply.headers.get("location"), asset.__metadata.uri);
      assert.equal(
        asset.__metadata.uri,
        `${service.apiUrl}Assets('${encodeURIComponent(asset.Id)}')`,
      );
      assert.equal(asset.__metadata.type, "Microsoft.Cloud.Media.Vod.Rest.Data.Models.Asset");
      assert.equal(asset.Files.__deferred.uri, `${asset.__metadata.uri}/Files`);
      assert.equal(asset.Uri, `${azurite.blobEndpoint}/asset-${asset.Id.slice(12)}`);
      assert.deepEqual(
        [asset.Name, asset.State, asset.Options, asset.FormatOption, asset.AlternateId],
        ["né'w", 0, 0, 0, null],
      );
      assert.equal(asset.StorageAccountName, azurite.accountName);
      const got = await api.call("GET", `Assets('${asset.Id}')`);
      assert.deepEqual(got.json.d, asset);
    });

    for (const method of ["MERGE", "PATCH", "PUT", "POST"]) {
      it(`is changed by ${method}${method === "POST" ? " with X-HTTP-Method" : ""}`, async () => {
        const id = await newAsset();
        const reply = await api.call(method, `Assets('${id}')`, {
          body: { AlternateId: method },
          headers: method === "POST" ? { "X-HTTP-METHOD": "MERGE" } : {},
        });
        assert.deepEqual([reply.status, reply.text], [204, ""]);
        const { d } = (await api.call("GET", `Assets('${id}')`)).json;
        assert.deepEqual([d.Name, d.AlternateId], ["asset", method]);
      });
    }

    it("goes with its files, locators and container", async () => {
      const id = await newAsset();
      const { Uri: uri } = (await api.call("GET", `Assets('${id}')`)).json.d;
      await api.create("Files", { Name: "a.mp4", ParentAssetId: id });
      await api.create("Locators", locator(id));
      const list = { Name: "l", DurationInMinutes: 5, Permissions: 8 };
      const listPolicy = (await api.create("AccessPolicies", list)).Id;
      const sas = await api.create(
        "Locators",
        locator(id, { Type: 1, AccessPolicyId: listPolicy }),
      );
      const query = sas.ContentAccessComponent;
      assert.equal(await containerStatus(uri, query), 200);

      assert.equal((await api.call("DELETE", `Assets('${id}')`)).status, 204);
      assert.equal((await api.call("DELETE", `Assets('${id}')`)).status, 404);
      assert.deepEqual(await api.list(`Files?$filter=ParentAssetId eq '${id}'`), []);
      assert.deepEqual(await api.list(`Locators?$filter=AssetId eq '${id}'`), []);
      assert.equal(await containerStatus(uri, query), 403);
    });

    it("leaves its container when asked to, without what was signed for it", async () => {
      const asset = await api.create("Assets", { Name: "kept" });
      const id = asset.Id;
      const sas = await api.create("Locators", locator(id, { Type: 1 }));
      await api.call("DELETE", `Assets('${id}')?keepcontainer=true`);
      const query = sas.ContentAccessComponent;
      assert.equal(await containerStatus(asset.Uri, query), 403);
    });

    for (const [why, body, status] of [
      ["an unknown property", { Nmae: "x" }, 400],
      ["a value of another type", { Options: "none" }, 400],
      ["options that don't exist", { Options: 3 }, 400],
      ["another storage account", { StorageAccountName: "elsewhere" }, 404],
    ] as const) {
      it(`is refused with ${why}`, async () => {
        assert.equal((await api.call("POST", "Assets", { body })).status, status);
      });
    }

    it("refuses another value of what is fixed at its making, and passes over the same", async () => {
      const id = await newAsset();
      const change = (body: object) => api.call("MERGE", `Assets('${id}')`, { body });
      assert.equal((await change({ Options: 1 })).status, 400);
      assert.equal((await change({ Options: 0, Name: "n", Uri: "x" })).status, 204);
    });
  });

  describe("a file", () => {
    it("has its Int64 as text and nulls until they are set", async () => {
      const file = await api.create("Files", { Name: "a.mp4", ParentAssetId: await newAsset() });
      assert.equal(file.ContentFileSize, "0");
      assert.deepEqual(
        [file.MimeType, file.ContentChecksum, file.EncryptionScheme, file.IsPrimary],
        [null, null, null, false],
      );
      const path = `Files('${file.Id}')`;
      await api.call("MERGE", path, { body: { ContentFileSize: "5000000000", IsPrimary: "true" } });
      const changed = (await api.call("GET", path)).json.d;
      assert.deepEqual([changed.ContentFileSize, changed.IsPrimary], ["5000000000", true]);
    });

    it("can't have the name of another one, nor be a second primary one", async () => {
      const ParentAssetId = await newAsset();
      await api.create("Files", { Name: "a.mp4", ParentAssetId, IsPrimary: true });
      const other = await api.create("Files", { Name: "b.mp4", ParentAssetId });
      const post = (body: object) => api.call("POST", "Files", { body });
      assert.equal((await post({ Name: "a.mp4", ParentAssetId })).status, 409);
      assert.equal((await post({ Name: "c.mp4", ParentAssetId, IsPrimary: true })).status, 409);
      const path = `Files('${other.Id}')`;
      assert.equal((await api.call("MERGE", path, { body: { IsPrimary: true } })).status, 409);
      assert.equal((await api.call("MERGE", path, { body: { Name: "a.mp4" } })).status, 409);
      assert.equal((await api.list(`Assets('${ParentAssetId}')/Files`)).length, 2);
    });

    for (const Name of ["", "a/b.mp4", "a?.mp4", "x".repeat(261), "new\nline"]) {
      it(`is refused with the name ${JSON.stringify(Name.slice(0, 10))}`, async () => {
        const ParentAssetId = await newAsset();
        const reply = await api.call("POST", "Files", { body: { Name, ParentAssetId } });
        assert.equal(reply.status, 400);
      });
    }

    it("needs an asset that exists", async () => {
      const body = { Name: "a.mp4", ParentAssetId: MISSING_ASSET };
      assert.equal((await api.call("POST", "Files", { body })).status, 404);
    });

    it("comes about for every blob, once, however often CreateFileInfos is called", async () => {
      const id = await newAsset();
      const write = { Name: "w", DurationInMinutes: 5, Permissions: 2 };
      const policy = (await api.create("AccessPolicies", write)).Id;
      const sas = await api.create("Locators", locator(id, { Type: 1, AccessPolicyId: policy }));
      const put = async (name: string, body: string) => {
        const url = `${sas.BaseUri}/${name}${sas.ContentAccessComponent}`;
        const headers = { "x-ms-blob-type": "BlockBlob", "content-type": "video/mp4" };
        assert.equal((await fetch(url, { method: "PUT", headers, body })).status, 201);
      };
      await put("one.mp4", "1");
      await put("virtual/folder/two.mp4", "22");
      await put("empty.mp4", "");
      const call = () => api.call("GET", `CreateFileInfos?assetid='${encodeURIComponent(id)}'`);
      const replies = await Promise.all([call(), call()]);
      assert.deepEqual(
        [...replies, await call()].map(({ status, text }) => [status, text]),
        Array.from({ length: 3 }, () => [204, ""]),
      );
      await put("one.mp4", "longer");
      await call();
      const files = await api.list(`Assets('${id}')/Files?$orderby=Name`);
      assert.deepEqual(
        files.map((file) => [file.Name, file.ContentFileSize, file.IsPrimary]),
        [
          ["empty.mp4", "0", false],
          ["one.mp4", "6", false],
          ["virtual/folder/two.mp4", "2", false],
        ],
      );
    });

    for (const query of ["", "?assetid=nb:cid:UUID:1", "?assetid='nope'"]) {
      it(`does not come about by CreateFileInfos${query}`, async () => {
        assert.equal((await api.call("GET", `CreateFileInfos${query}`)).status, 400);
      });
    }
  });

  describe("a locator", () => {
    const LID = "nb:lid:UUID:11111111-2222-4333-8444-55555555aAbB";

    it("of an origin has the id that the client gives, and the address made of it", async () => {
      const id = await newAsset();
      const StartTime = "4/23/2019 10:11:12 AM";
      const made = await api.create("Locators", locator(id, { Id: LID, Type: "2", StartTime }));
      const guid = LID.slice("nb:lid:UUID:".length).toLowerCase();
      assert.deepEqual(
        [made.Id, made.BaseUri, made.ContentAccessComponent, made.Path],
        [`nb:lid:UUID:${guid}`, service.baseUrl, guid, `${service.baseUrl}/${guid}/`],
      );
      assert.equal(made.StartTime, "2019-04-23T10:11:12.0000000Z");
      assert.equal(made.ExpirationDateTime, "2019-04-23T11:11:12.0000000Z");

      const again = await api.call("POST", "Locators", {
        body: locator(await newAsset(), { Id: LID }),
      });
      assert.equal(again.status, 409);
      assert.equal((await api.list(`Locators?$filter=Id eq '${LID}'`)).length, 1);
      assert.equal((await api.call("GET", `Locators('${LID}')/Asset`)).json.d.Id, id);
      assert.equal(
        (await api.call("GET", `Locators('${LID}')/AccessPolicy`)).json.d.Id,
        readPolicy,
      );
    });

    it("of an origin can get other times", async () => {
      const made = await api.create("Locators", locator(await newAsset()));
      const path = `Locators('${made.Id}')`;
      const [StartTime, ExpirationDateTime] = ["2030-01-01T00:00:00Z", "2031-01-01T00:00:00.5"];
      await api.call("MERGE", path, { body: { StartTime, ExpirationDateTime } });
      const { d } = (await api.call("GET", path)).json;
      assert.equal(d.StartTime, "2030-01-01T00:00:00.0000000Z");
      assert.equal(d.ExpirationDateTime, "2031-01-01T00:00:00.5000000Z");
      const backwards = { ExpirationDateTime: "2029-01-01T00:00:00Z" };
      assert.equal((await api.call("MERGE", path, { body: backwards })).status, 400);
    });

    it("of a SAS is a stored policy of the container, and ends with it", async () => {
      const both = { Name: "rw", DurationInMinutes: "10", Permissions: "3" };
      const policy = (await api.create("AccessPolicies", both)).Id;
      const asset = await newAsset();
      const made = await api.create(
        "Locators",
        locator(asset, { Type: 1, AccessPolicyId: policy }),
      );
      const [base, query] = [made.BaseUri, made.ContentAccessComponent];
      assert.equal(made.Path, base + query);
      const parameters = new URLSearchParams(query);
      assert.equal(parameters.get("si"), made.Id.slice("nb:lid:UUID:".length));
      assert.equal(parameters.get("sr"), "c");
      const put = await fetch(`${base}/x${query}`, {
        ...{ method: "PUT", headers: { "x-ms-blob-type": "BlockBlob" }, body: "x" },
      });
      assert.equal(put.status, 201);
      const path = `Locators('${made.Id}')`;
      const change = { ExpirationDateTime: inMinutes(99).toISOString() };
      assert.equal((await api.call("MERGE", path, { body: change })).status, 400);
      assert.equal((await api.call("DELETE", path)).status, 204);
      assert.equal((await fetch(`${base}/x${query}`)).status, 403);
      assert.equal((await api.call("DELETE", path)).status, 404);
    });

    it("may be linked to its asset and policy instead of naming them", async () => {
      const [asset, Type] = [await newAsset(), 2];
      const body = {
        Type,
        Asset: { __metadata: { uri: `https://other.host/api/Assets('${asset}')` } },
        AccessPolicy: {
          __metadata: { uri: `AccessPolicies('${encodeURIComponent(readPolicy)}')` },
        },
      };
      assert.equal((await api.create("Locators", body)).AssetId, asset);
    });

    it("is one of five at most, also when many are made at once", async () => {
      const asset = await newAsset();
      const tries = Array.from({ length: 8 }, () =>
        api.call("POST", "Locators", { body: locator(asset) }),
      );
      const statuses = (await Promise.all(tries)).map(({ status }) => status).sort();
      assert.deepEqual(statuses, [201, 201, 201, 201, 201, 409, 409, 409]);
      const made = await api.list(`Assets('${asset}')/Locators`);
      assert.equal(made.length, 5);
      await api.call("DELETE", `Locators('${made[0]?.Id}')`);
      await api.create("Locators", locator(asset));
    });

    for (const [why, more, status] of [
      ["an unknown type", { Type: 3 }, 400],
      ["no type", { Type: null }, 400],
      ["an id that is none", { Id: "nb:lid:UUID:1" }, 400],
      ["the id of another kind", { Id: MISSING_ASSET }, 400],
      ["an asset that does not exist", { AssetId: MISSING_ASSET }, 404],
      ["a policy that does not exist", { AccessPolicyId: MISSING_POLICY }, 404],
    ] as const) {
      it(`is refused with ${why}`, async () => {
        const body = locator(await newAsset(), more);
        assert.equal((await api.call("POST", "Locators", { body })).status, status);
      });
    }

    for (const Permissions of [2, 4, 3]) {
      it(`of an origin is refused with permissions ${Permissions}`, async () => {
        const policy = { Name: "p", DurationInMinutes: 1, Permissions };
        const AccessPolicyId = (await api.create("AccessPolicies", policy)).Id;
        const body = locator(await newAsset(), { AccessPolicyId });
        assert.equal((await api.call("POST", "Locators", { body })).status, 400);
      });
    }
  });

  describe("an access policy", () => {
    it("takes numbers as text, and can't be changed", async () => {
      const body = { Name: "p", DurationInMinutes: "440", Permissions: "2" };
      const policy = await api.create("AccessPolicies", body);
      assert.deepEqual([policy.DurationInMinutes, policy.Permissions], [440, 2]);
      assert.equal(policy.Created, policy.LastModified);
      const path = `AccessPolicies('${policy.Id}')`;
      assert.equal((await api.call("MERGE", path, { body: { Name: "q" } })).status, 405);
      assert.equal((await api.call("DELETE", path)).status, 204);
    });

    for (const [why, body] of [
      ["no duration", { Name: "p" }],
      ["a duration of 0", { Name: "p", DurationInMinutes: 0 }],
      ["unknown permissions", { Name: "p", DurationInMinutes: 1, Permissions: 16 }],
    ] as const) {
      it(`is refused with ${why}`, async () => {
        assert.equal((await api.call("POST", "AccessPolicies", { body })).status, 400);
      });
    }
  });

  describe("the default streaming endpoint", () => {
    it("is there from the beginning, stopped; is started and stopped", async () => {
      const [endpoint, ...others] = await api.list("StreamingEndpoints?$filter=Name eq 'default'");
      assert(endpoint);
      assert.deepEqual(others, []);
      const path = `StreamingEndpoints('${endpoint.Id}')`;
      const states = [endpoint.State];
      for (const action of ["Start", "Start", "Stop"]) {
        const reply = await api.call("POST", `${path}/${action}`, { body: {} });
        assert.equal(reply.status, 202);
        const operation = reply.headers.get("operation-id") ?? "";
        const { d } = (await api.call("GET", `Operations('${operation}')`)).json;
        assert.deepEqual([d.State, d.TargetEntityId], ["Succeeded", endpoint.Id]);
        states.push((await api.call("GET", `${path}/State`)).json.d.State);
      }
      assert.deepEqual(states, ["Stopped", "Running", "Running", "Stopped"]);
    });
  });

  it("list the media processor and the storage account that clients ask for", async () => {
    const [encoder] = await api.list("MediaProcessors?$filter=Name eq 'Media Encoder Standard'");
    assert.equal(encoder?.Version, "1.1");
    assert.equal(encoder.Id.length, 49);
    const [storage] = await api.list("StorageAccounts()?$filter=IsDefault eq true");
    assert.deepEqual([storage?.Name, storage?.BytesUsed], [azurite.accountName, "0"]);
  });

  it("are found by filters, sorted and paged", async () => {
    const names = ["page c", "page a", "page b", "page it's"];
    for (const name of names) await newAsset(name);
    const query = async (text: string) =>
      (await api.list(`Assets?${text}`)).map((asset) => asset.Name);
    assert.deepEqual(await query("$filter=Name+eq+'page it''s'"), ["page it's"]);
    const page = "$filter=startswith(Name,'page')&$orderby=Name desc&$skip=1&$top=2";
    assert.deepEqual(await query(page), ["page c", "page b"]);
    assert.equal(
      (await api.call("GET", "Assets/$count?$filter=startswith(Name,'page')")).text,
      "4",
    );
    const counted = await api.call("GET", "Assets?$inlinecount=allpages&$top=1&$select=Name,Id");
    assert(Number(counted.json.d.__count) >= 4);
    assert.deepEqual(Object.keys(counted.json.d.results[0] ?? {}).sort(), [
      "Id",
      "Name",
      "__metadata",
    ]);
  });

  for (const [query, message] of [
    ["$filter=Name eq 'x", /position 8/],
    ["$filter=Id eq ''", /Id/],
    ["$filter=Nme eq 'x'", /position 0/],
    ["$filter=length(Name)", /true or false/],
    ["$top=-1", /\$top/],
    ["$orderby=Nme", /\$orderby/],
    ["$expand=Files", /\$expand/],
    ["$select=Nme", /\$select/],
  ] as const) {
    it(`are not listed with ${query}`, async () => {
      const reply = await api.call("GET", `Assets?${query}`);
      assert.equal(reply.status, 400);
      assert.match(reply.json.error.message.value, message);
    });
  }
});
