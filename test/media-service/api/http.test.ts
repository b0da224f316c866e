import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { sign } from "jsonwebtoken";
import { after, before, describe, it } from "mocha";
import { ApiClient, VERBOSE } from "../../support/api-client";
import { type Azurite, startAzurite } from "../../support/azurite";
import { startMediaServiceHere } from "../../support/media-service";

const TENANT = "11111111-2222-3333-4444-555555555555";
const PRINCIPAL = { tenantId: TENANT, clientId: "app", clientSecret: "s3cret&=+" };

describe("the REST API over HTTP", () => {
  let azurite: Azurite;
  let service: Awaited<ReturnType<typeof startMediaServiceHere>>;
  let api: ApiClient;
  before(async () => {
    azurite = await startAzurite();
    const env = { ROLES: "api", SERVICE_PRINCIPALS: JSON.stringify([PRINCIPAL]) };
    service = await startMediaServiceHere({ storage: azurite, env });
    api = await ApiClient.connect(service);
  });
  after(async () => {
    await service.stop();
    await azurite.stop();
  });

  const form = async (url: string, fields: Record<string, string>) => {
    const reply = await fetch(url, { method: "POST", body: new URLSearchParams(fields) });
    return { status: reply.status, json: (await reply.json()) as Record<string, string> };
  };
  const acs = (more: Record<string, string> = {}) =>
    form(service.tokenUrl, {
      ...{ grant_type: "client_credentials", scope: "urn:WindowsAzureMediaServices" },
      ...{ client_id: service.accountName, client_secret: service.accountKey, ...more },
    });
  const aad = (more: Record<string, string> = {}, tenant = TENANT) =>
    form(`${service.baseUrl}/${tenant}/oauth2/token`, {
      ...{ grant_type: "client_credentials", resource: "https://rest.media.azure.net" },
      ...{ client_id: PRINCIPAL.clientId, client_secret: PRINCIPAL.clientSecret, ...more },
    });
  const withToken = (token: string) =>
    api.call("GET", "MediaProcessors", { headers: { authorization: `Bearer ${token}` } });

  describe("tokens", () => {
    it("in the ACS form have the four members that old clients insist on", async () => {
      const { status, json } = await acs();
      assert.equal(status, 200);
      assert.deepEqual(Object.keys(json).sort(), [
        "access_token",
        "expires_in",
        "scope",
        "token_type",
      ]);
      assert.equal(json["expires_in"], "21600");
      assert.match(json["access_token"] ?? "", /&ExpiresOn=\d+&.*&HMACSHA256=/);
      assert.equal((await withToken(json["access_token"] ?? "")).status, 200);
    });

    for (const [who, more] of [
      ["a service principal", {}],
      ["the account itself", { client_id: "mediatest" }],
    ] as const) {
      it(`in the Azure AD form are given to ${who}`, async () => {
        const isAccount = "client_id" in more;
        const { status, json } = await aad({
          ...more,
          ...(isAccount ? { client_secret: service.accountKey } : {}),
        });
        assert.equal(status, 200);
        assert.equal(json["token_type"], "Bearer");
        assert.equal(typeof json["expires_on"], "string");
        assert.equal((await withToken(json["access_token"] ?? "")).status, 200);
      });
    }

    for (const [why, ask, status, error] of [
      ["a wrong key", () => acs({ client_secret: "x" }), 401, "invalid_client"],
      ["another account", () => acs({ client_id: "other" }), 401, "invalid_client"],
      ["another grant", () => acs({ grant_type: "password" }), 400, "unsupported_grant_type"],
      ["another scope", () => acs({ scope: "urn:Other" }), 400, "invalid_request"],
      ["no name", () => acs({ client_id: "" }), 400, "invalid_request"],
      ["a wrong secret", () => aad({ client_secret: "x" }), 401, "invalid_client"],
      ["another tenant", () => aad({}, randomUUID()), 401, "invalid_client"],
      ["another resource", () => aad({ resource: "https://x" }), 400, "invalid_resource"],
    ] as const) {
      it(`are refused with ${why}`, async () => {
        const reply = await ask();
        assert.deepEqual([reply.status, reply.json["error"]], [status, error]);
      });
    }

    it("are refused when they are missing, changed, forged or of another kind", async () => {
      const swt = (await acs()).json["access_token"] ?? "";
      const jwt = (await aad()).json["access_token"] ?? "";
      const claims = { aud: "https://rest.media.azure.net" };
      const [head = "", payload = ""] = jwt.split(".");
      for (const token of [
        "",
        "x",
        swt.replace(/ExpiresOn=(\d)/, "ExpiresOn=9$1"),
        swt.replace(/&HMACSHA256=.*/, "&HMACSHA256="),
        sign(claims, service.accountKey),
        sign(claims, "", { algorithm: "none" }),
        `${head}.${payload}.`,
      ]) {
        assert.equal((await withToken(token)).status, 401, token);
      }
      assert.equal(
        (await api.call("GET", "Assets", { headers: { authorization: "" } })).status,
        401,
      );
    });
  });

  it("echoes the caller's request id and gives its own", async () => {
    const id = randomUUID();
    const { headers } = await api.call("GET", "MediaProcessors", {
      headers: { "x-ms-client-request-id": id },
    });
    assert.equal(headers.get("x-ms-client-request-id"), id);
    assert.equal(headers.get("request-id"), headers.get("x-ms-request-id"));
    assert.equal(headers.get("dataserviceversion"), "3.0;");
  });

  for (const version of ["", "1.0", "2.20", "3.0", "2"]) {
    it(`refuses x-ms-version '${version}'`, async () => {
      const reply = await api.call("GET", "Assets", { headers: { "x-ms-version": version } });
      assert.equal(reply.status, 400);
    });
  }

  it("takes every x-ms-version that clients send", async () => {
    for (let minor = 0; minor < 20; minor++) {
      const headers = { "x-ms-version": `2.${minor}` };
      assert.equal((await api.call("GET", "MediaProcessors", { headers })).status, 200, `${minor}`);
    }
  });

  it("bears headers of old clients that are beside the point", async () => {
    const { Id } = await api.create("Assets", { Name: "a" });
    for (const [method, path, status, more] of [
      ["GET", `Assets('${Id}')`, 200, {}],
      ["POST", `Assets('${Id}')`, 204, { "x-http-method": "MERGE", expect: "100-continue" }],
      ["DELETE", `Assets('${Id}')`, 204, {}],
    ] as const) {
      const body = method === "POST" ? '{"Name":"b"}' : "";
      const got = await new Promise((resolve, reject) => {
        const sent = request(`${service.apiUrl}${path}`, {
          method,
          headers: {
            ...{ authorization: `Bearer ${api.token}`, "x-ms-version": "2.17" },
            ...{ accept: VERBOSE, "accept-charset": "UTF-8", "content-type": VERBOSE },
            ...{ "content-length": body.length.toString(), ...more },
          },
        });
        sent.on("response", ({ statusCode }) => {
          resolve(statusCode);
        });
        sent.on("error", reject);
        sent.end(body);
      });
      assert.equal(got, status, method);
    }
  });

  it("answers in light JSON where that is asked for, errors too", async () => {
    const headers = { accept: "application/json" };
    const { json, headers: got } = await api.call("GET", "MediaProcessors", { headers });
    assert.equal(json["odata.metadata"], `${service.apiUrl}$metadata#MediaProcessors`);
    assert.equal(json.value[0]?.Name, "Media Encoder Standard");
    assert.match(got.get("content-type") ?? "", /odata=minimalmetadata/);
    const missing = await api.call("GET", "Nothing", { headers });
    assert.match(missing.json["odata.error"].message.value, /Nothing/);
  });

  it("answers verbose to a body in light JSON when that is accepted", async () => {
    const headers = { "content-type": "application/json", accept: VERBOSE };
    const reply = await api.call("POST", "Assets", { body: { Name: "mixed" }, headers });
    assert.equal(reply.json.d.Name, "mixed");
    assert.match(reply.headers.get("content-type") ?? "", /odata=verbose/);
  });

  it("does not care how /API/ is written, and takes functions in any case", async () => {
    const authorization = `Bearer ${(await acs()).json["access_token"] ?? ""}`;
    const headers = { authorization, "x-ms-version": "2.1", accept: VERBOSE };
    for (const path of ["/API/MediaProcessors", "/Api/", "/api", "/api//MediaProcessors()"]) {
      assert.equal((await fetch(service.baseUrl + path, { headers })).status, 200, path);
    }
    const id = (await api.create("Assets", { Name: "f" })).Id;
    assert.equal((await api.call("GET", `createfileinfos?assetId='${id}'`)).status, 204);
  });

  for (const method of ["GET", "POST", "MERGE", "DELETE"]) {
    it(`sends ${method} of the global address to the account's root`, async () => {
      const reply = await fetch(`${service.baseUrl}/redirect/API/Assets('x')`, {
        method,
        redirect: "manual",
      });
      assert.deepEqual([reply.status, reply.headers.get("location")], [301, service.apiUrl]);
    });
  }

  for (const [what, method, path, body, status] of [
    ["an unknown set", "GET", "Nothing", undefined, 404],
    [
      "an unknown member",
      "GET",
      "MediaProcessors('nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56')/X",
      undefined,
      404,
    ],
    ["a method that a set has not", "POST", "MediaProcessors", {}, 405],
    ["a malformed id", "GET", "Locators('notAValidId')", undefined, 400],
    ["a body that is not JSON", "POST", "Assets", "{", 400],
    ["no body", "POST", "Assets", undefined, 400],
    ["a body in another form", "POST", "Assets", "a,b", 415],
    ["a path that is not properly encoded", "GET", "Assets('%zz')", undefined, 400],
    ["a path that climbs", "GET", "Assets('a')/../../x", undefined, 404],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const headers = body === "a,b" ? { "content-type": "text/csv" } : {};
      const reply = await api.call(method, path, { body, headers });
      assert.equal(reply.status, status, reply.text);
    });
  }

  it("refuses a body that is too large without reading it", async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(`${service.apiUrl}Assets`, {
        method: "POST",
        headers: { "content-length": (1024 ** 3).toString(), "content-type": VERBOSE },
      });
      sent.on("response", (reply) => {
        resolve(reply.statusCode);
        sent.destroy();
      });
      sent.on("error", reject);
      sent.write("{");
    });
    assert.equal(status, 413);
  });

  it("says nothing of what is behind an error of its own", async () => {
    const stopped = await startAzurite();
    const broken = await startMediaServiceHere({ storage: stopped, env: { ROLES: "api" } });
    try {
      const client = await ApiClient.connect(broken);
      await stopped.kill();
      const reply = await client.call("GET", "Assets");
      assert.equal(reply.status, 503);
      assert.doesNotMatch(reply.text, /127\.0\.0\.1|ECONN|\bat /);
    } finally {
      await broken.stop();
      await stopped.stop();
    }
  });
});
