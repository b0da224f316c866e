import { strict as assert } from "node:assert";
import http from "node:http";
import { XMLParser } from "fast-xml-parser";
import { after, before, describe, it } from "mocha";
import { ApiClient, VERBOSE } from "../../support/api-client";
import { type Azurite, startAzurite } from "../../support/azurite";
import { startMediaServiceHere, type TestMediaService } from "../../support/media-service";

const ATOM = "application/atom+xml";
const LIGHT = "application/json";
const xml = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
});

/** An entry as the Java library writes it: prefixes of its own, no types, no id. */
const entry = (properties: string, links = ""): string =>
  `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><ns2:entry xmlns="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" xmlns:ns2="http://www.w3.org/2005/Atom" xmlns:ns4="http://schemas.microsoft.com/ado/2007/08/dataservices">${links}<ns2:content type="application/xml"><properties>${properties}</properties></ns2:content></ns2:entry>`;

describe("the REST API's forms", () => {
  let azurite: Azurite;
  let service: Omit<TestMediaService, "pid" | "kill">;
  let api: ApiClient;
  let asset: { Id: string; Created: string };

  before(async function () {
    this.timeout(60_000);
    azurite = await startAzurite();
    service = await startMediaServiceHere({ storage: azurite, env: { ROLES: "api" } });
    api = await ApiClient.connect(service);
    asset = await api.create("Assets", { Name: "one" });
    await api.create("Files", { Name: "a.mp4", ParentAssetId: asset.Id, ContentFileSize: "123" });
  });

  after(async () => {
    await service.stop();
    await azurite.stop();
  });

  const get = (path: string, accept: string | undefined = VERBOSE, headers = {}) =>
    api.call("GET", path, { headers: { ...(accept === "" ? {} : { accept }), ...headers } });
  const typeOf = (reply: { headers: Headers }) => reply.headers.get("content-type");
  const atomProperties = (text: string) =>
    (xml.parse(text) as { entry: { content: { "m:properties": Record<string, unknown> } } }).entry
      .content["m:properties"];

  for (const [what, path, types] of [
    [
      "an entity",
      () => `Assets('${asset.Id}')`,
      [
        `${VERBOSE};charset=utf-8`,
        "application/json;odata=minimalmetadata;streaming=true;charset=utf-8",
        "application/atom+xml;type=entry;charset=utf-8",
      ],
    ],
    [
      "a list",
      () => "Assets",
      [
        `${VERBOSE};charset=utf-8`,
        "application/json;odata=minimalmetadata;streaming=true;charset=utf-8",
        "application/atom+xml;type=feed;charset=utf-8",
      ],
    ],
    [
      "a property",
      () => `Assets('${asset.Id}')/State`,
      [
        `${VERBOSE};charset=utf-8`,
        "application/json;odata=minimalmetadata;streaming=true;charset=utf-8",
        "application/xml;charset=utf-8",
      ],
    ],
    [
      "an error",
      () => "Nothing",
      [
        `${VERBOSE};charset=utf-8`,
        "application/json;odata=minimalmetadata;streaming=true;charset=utf-8",
        "application/xml;charset=utf-8",
      ],
    ],
  ] as const) {
    it(`gives ${what} in the form that Accept asks for`, async () => {
      for (const [n, accept] of [VERBOSE, LIGHT, ATOM].entries()) {
        assert.equal(typeOf(await get(path(), accept)), types[n]);
      }
    });
  }

  it("reads and writes every kind of value alike in all three forms", async () => {
    const path = `Assets('${asset.Id}')/Files`;
    const verbose = (await get(path)).json.d.results[0];
    const light = (await get(path, LIGHT)).json.value[0];
    const feed = xml.parse((await get(path, ATOM)).text) as {
      feed: { entry: { content: { "m:properties": Record<string, unknown> } } };
    };
    const properties = feed.feed.entry.content["m:properties"];
    assert.equal(verbose?.ContentFileSize, "123");
    assert.equal(light?.ContentFileSize, "123");
    assert.deepEqual(properties["d:ContentFileSize"], { "#text": "123", "m:type": "Edm.Int64" });
    assert.deepEqual([verbose.IsPrimary, light.IsPrimary], [false, false]);
    assert.deepEqual(properties["d:IsPrimary"], { "#text": "false", "m:type": "Edm.Boolean" });
    assert.deepEqual([verbose.MimeType, light.MimeType], [null, null]);
    assert.deepEqual(properties["d:MimeType"], { "m:null": "true" });
    assert.deepEqual(properties["d:Created"], {
      "#text": verbose.Created,
      "m:type": "Edm.DateTime",
    });
  });

  it("gives Atom where nothing is asked for, or anything", async () => {
    const authorization = `Bearer ${api.token}`;
    for (const headers of [{}, { accept: "*/*" }, { accept: "application/*;q=0.5" }]) {
      const reply = await new Promise<string | undefined>((resolve, reject) => {
        const { hostname, port } = new URL(service.apiUrl);
        const options = {
          hostname,
          port,
          path: "/api/MediaProcessors",
          headers: { authorization, "x-ms-version": "2.17", ...headers },
        };
        http
          .get(options, (response) => {
            response.resume();
            resolve(response.headers["content-type"]);
          })
          .on("error", reject);
      });
      assert.equal(reply, "application/atom+xml;type=feed;charset=utf-8");
    }
  });

  for (const [accept, expected] of [
    ["text/html, application/json;q=0.5, application/atom+xml;q=0.9", /^application\/atom\+xml/],
    ["application/atom+xml;q=0, application/json", /minimalmetadata/],
    ["application/atom+xml,application/xml", /^application\/atom\+xml/],
    ["application/json; odata=fullmetadata", /fullmetadata/],
    ["application/json;odata=nometadata", /nometadata/],
    ['application/json;odata="verbose"', /odata=verbose/],
  ] as const) {
    it(`understands Accept: ${accept}`, async () => {
      assert.match(typeOf(await get("MediaProcessors", accept)) ?? "", expected);
    });
  }

  for (const accept of ["text/html", "application/json;odata=other", "image/*"]) {
    it(`answers 406 in XML to Accept: ${accept}, and makes nothing first`, async () => {
      assert.equal((await get("Assets", accept)).status, 406);
      const reply = await api.call("POST", "Assets", {
        body: { Name: `no ${accept}` },
        headers: { accept },
      });
      assert.equal(reply.status, 406);
      assert.match(reply.text, /<m:error .*<m:message xml:lang="en-US">'/);
      assert.deepEqual(await api.list(`Assets?$filter=Name eq 'no ${accept}'`), []);
    });
  }

  for (const [format, expected] of [
    ["json", /minimalmetadata/],
    ["verbosejson", /odata=verbose/],
    ["atom", /^application\/atom/],
    ["application/json;odata=verbose", /odata=verbose/],
    ["application/atom%2Bxml", /^application\/atom/],
  ] as const) {
    it(`lets $format=${format} count more than Accept`, async () => {
      const accept = format === "atom" ? VERBOSE : ATOM;
      const reply = await get(`Assets('${asset.Id}')?$format=${format}`, accept);
      assert.match(typeOf(reply) ?? "", expected);
    });
  }

  it("tells everything with full metadata, and nothing beside the data with none", async () => {
    const path = `Assets('${asset.Id}')`;
    const full = (await get(path, "application/json;odata=fullmetadata")).json as unknown as Record<
      string,
      unknown
    >;
    assert.equal(full["odata.type"], "Microsoft.Cloud.Media.Vod.Rest.Data.Models.Asset");
    assert.equal(full["Created@odata.type"], "Edm.DateTime");
    assert.match(String(full["Files@odata.navigationLinkUrl"]), /^Assets\('nb%3Acid.*\/Files$/);
    const none = (await get(path, "application/json;odata=nometadata")).json;
    assert.deepEqual(
      Object.keys(none).filter((name) => name.includes("odata")),
      [],
    );
  });

  it("takes an entity in Atom as the Java library sends it, and answers it in Atom", async () => {
    const reply = await api.call("POST", "Assets", {
      body: entry("<ns4:Name>from&#xD;java</ns4:Name><ns4:Options>0</ns4:Options>"),
      headers: { "content-type": ATOM, accept: ATOM },
    });
    assert.equal(reply.status, 201, reply.text);
    assert.ok(reply.text.includes("<d:Name>from&#xD;java</d:Name>"));
    assert.match(reply.headers.get("location") ?? "", /\/api\/Assets\('nb%3Acid%3AUUID%3A/);
    const { "d:Id": id } = atomProperties(reply.text);
    const merged = await api.call("POST", `Assets('${String(id)}')`, {
      body: entry(
        '<ns4:AlternateId>x</ns4:AlternateId><ns4:Created ns1:null="true" xmlns:ns1="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"/>',
      ),
      headers: { "content-type": ATOM, accept: ATOM, "X-HTTP-METHOD": "merge" },
    });
    assert.deepEqual([merged.status, merged.text], [204, ""]);
    const { d } = (await get(`Assets('${String(id)}')`)).json;
    assert.deepEqual([d.Name, d.AlternateId], ["from\rjava", "x"]);
  });

  it("takes a locator whose asset and policy are links, as .NET sends it", async () => {
    const policy = await api.create("AccessPolicies", {
      Name: "p",
      DurationInMinutes: 5,
      Permissions: 1,
    });
    const link = (name: string, href: string) =>
      `<ns2:link rel="http://schemas.microsoft.com/ado/2007/08/dataservices/related/${name}" type="application/atom+xml;type=entry" title="${name}" href="${href}"/>`;
    const links =
      link("Asset", `https://elsewhere.test/api//Assets('${asset.Id}')`) +
      link("AccessPolicy", `AccessPolicies('${encodeURIComponent(policy.Id)}')`);
    const reply = await api.call("POST", "Locators", {
      body: entry("<ns4:Type>2</ns4:Type>", links),
      headers: { "content-type": "application/atom+xml;type=entry", accept: VERBOSE },
    });
    assert.equal(reply.json.d.AssetId, asset.Id, reply.text);
    const owner = await get(`Locators('${reply.json.d.Id}')/Asset/Name`);
    assert.deepEqual(owner.json.d, { Name: "one" });
  });

  for (const [why, body, status] of [
    ["a document type", `<!DOCTYPE a [<!ENTITY x "y">]>${entry("<ns4:Name>&x;</ns4:Name>")}`, 400],
    ["an unknown property", entry("<ns4:Nmae>x</ns4:Nmae>"), 400],
    ["no entry", "<a/>", 400],
    ["nothing in it", "", 400],
  ] as const) {
    it(`refuses Atom with ${why} in Atom's way`, async () => {
      const reply = await api.call("POST", "Assets", {
        body,
        headers: { "content-type": ATOM, accept: ATOM },
      });
      assert.equal(reply.status, status);
      assert.match(
        reply.text,
        /^<\?xml[^>]*><m:error xmlns:m="http:\/\/schemas\.microsoft\.com\/ado\/2007\/08\/dataservices\/metadata"><m:code \/><m:message xml:lang="en-US">[^<]/,
      );
    });
  }

  it("refuses a body that is not UTF-8", async () => {
    const reply = await fetch(`${service.apiUrl}Assets`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${api.token}`,
        "x-ms-version": "2.19",
        "content-type": LIGHT,
      },
      body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
    });
    assert.equal(reply.status, 400);
  });

  it("speaks older versions of the protocol to who understands no newer", async () => {
    const old = { maxdataserviceversion: "1.0;NetFx", dataserviceversion: "1.0;NetFx" };
    const one = await get("Assets", LIGHT, old);
    assert.equal(one.headers.get("dataserviceversion"), "1.0;");
    assert.match(typeOf(one) ?? "", /odata=verbose/);
    const [first] = one.json.d as unknown as { Created: string }[];
    assert.match(first?.Created ?? "", /^\/Date\(\d+\)\/$/);
    const two = await get("Assets?$inlinecount=allpages", LIGHT, { maxdataserviceversion: "2.0" });
    assert.ok(Number(two.json.d.__count) > 0);
    const three = await get("Assets", LIGHT, {
      dataserviceversion: "1.0;NetFx",
      maxdataserviceversion: "3.0;NetFx",
    });
    assert.match(typeOf(three) ?? "", /minimalmetadata/);
  });

  for (const [name, value, status] of [
    ["dataserviceversion", "4.0", 400],
    ["dataserviceversion", "three", 400],
    ["maxdataserviceversion", "0.9", 400],
    ["maxdataserviceversion", "4.0;x", 200],
    ["dataserviceversion", "3.0;NetFx", 200],
    ["x-ms-version", "2.20", 400],
    ["x-ms-version", "2.0", 200],
  ] as const) {
    it(`answers ${status} to ${name}: ${value}`, async () => {
      assert.equal((await get("MediaProcessors", VERBOSE, { [name]: value })).status, status);
    });
  }

  it("echoes a request id of either name as it is, and none that is too long", async () => {
    const id = 'a b\tc;d="e"';
    const reply = await get("MediaProcessors", VERBOSE, { "client-request-id": id });
    assert.equal(reply.headers.get("x-ms-client-request-id"), id);
    const long = await get("MediaProcessors", VERBOSE, {
      "x-ms-client-request-id": "x".repeat(2049),
    });
    assert.deepEqual([long.status, long.headers.get("x-ms-client-request-id")], [200, null]);
  });

  for (const method of ["GET", "PUT"]) {
    it(`refuses a tunnelled method in a ${method}`, async () => {
      const headers = { "x-http-method": "MERGE" };
      assert.equal((await api.call(method, `Assets('${asset.Id}')`, { headers })).status, 400);
    });
  }
});
