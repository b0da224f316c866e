import { strict as assert } from "node:assert";
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { sign } from "jsonwebtoken";
import { after, before, describe, it } from "mocha";
import pino from "pino";
import { httpApp } from "../../media-service/http-app";
import { AccessTokens } from "../../media-service/services/access-tokens";
import { ApiClient, VERBOSE } from "../support/api-client";
import { type Azurite, startAzurite } from "../support/azurite";
import { startMediaServiceHere } from "../support/media-service";

const ENCODER = "nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56";
const RESOURCE = "https://rest.media.azure.net";
const MEBIBYTE = 1024 * 1024;
/** Far above what a request of 8 MiB may cost, far below what an unbounded one would. */
const MEMORY_LIMIT = 400 * MEBIBYTE;

interface Refusal {
  readonly status: number;
  readonly text: string;
}

describe("what a hostile client tries", () => {
  let azurite: Azurite;
  let service: Awaited<ReturnType<typeof startMediaServiceHere>>;
  let other: Awaited<ReturnType<typeof startMediaServiceHere>>;
  let api: ApiClient;
  let assetId: string;
  let otherAssetId: string;
  let read: { base: string; query: string };
  let otherContainer: string;
  const otherKey = randomBytes(64).toString("base64");
  const accountKey = randomBytes(32).toString("base64");
  before(async () => {
    azurite = await startAzurite({ moreAccounts: { otheraccount: otherKey } });
    const env = { ROLES: "api" };
    service = await startMediaServiceHere({ storage: azurite, accountKey, env });
    const at = (port: number) => `http://127.0.0.1:${port}/otheraccount`;
    const { blob, queue, table } = azurite.ports;
    other = await startMediaServiceHere({
      storage: {
        ...{ accountName: "otheraccount", accountKey: otherKey },
        ...{ blobEndpoint: at(blob), queueEndpoint: at(queue), tableEndpoint: at(table) },
      },
      // The same key, so that only the account's name keeps the tokens apart.
      ...{ accountName: "otheraccount", accountKey, env },
    });
    api = await ApiClient.connect(service);
    const otherApi = await ApiClient.connect(other);
    otherAssetId = (await otherApi.create("Assets", { Name: "theirs" })).Id;
    const asset = await api.create("Assets", { Name: "ours" });
    assetId = asset.Id;
    otherContainer = (await api.create("Assets", { Name: "second" })).Uri;
    const policy = { Name: "read", DurationInMinutes: 60, Permissions: 1 };
    const AccessPolicyId = (await api.create("AccessPolicies", policy)).Id;
    const sas = await api.create("Locators", { AssetId: assetId, AccessPolicyId, Type: 1 });
    read = { base: sas.BaseUri, query: sas.ContentAccessComponent };
  });
  after(async () => {
    await Promise.all([service.stop(), other.stop()]);
    await azurite.stop();
  });

  const withToken = (token: string): Promise<Refusal> =>
    api.call("GET", "Assets", { headers: { authorization: `Bearer ${token}` } });
  const tokens = (more: { accountName?: string; accountKey?: string } = {}) =>
    new AccessTokens({ accountName: service.accountName, accountKey, principals: [], ...more });
  const jwtKey = (name: string) => createHmac("sha256", accountKey).update(`jwt/${name}`).digest();
  const ours = () => tokens().acsToken(service.accountName, accountKey, new Date());
  const post = (set: string, body: unknown): Promise<Refusal> => api.call("POST", set, { body });
  const batch = (part: string, count = 1): Promise<Refusal> =>
    api.call("POST", "$batch", {
      headers: { "content-type": "multipart/mixed; boundary=b" },
      body:
        `--b\r\nContent-Type: application/http\r\n\r\n${part} HTTP/1.1\r\n\r\n\r\n`.repeat(count) +
        "--b--\r\n",
    });
  const blob = async (method: string, url: string, body?: string): Promise<Refusal> => {
    const headers = { "x-ms-blob-type": "BlockBlob" };
    const reply = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
    return { status: reply.status, text: await reply.text() };
  };
  const nested = (levels: number) => {
    const open = '{"ParentAssets":['.repeat(levels);
    return `${open}{}${"]}".repeat(levels)}`;
  };
  const raw = (bytes: string): Promise<Refusal> =>
    new Promise((resolve, reject) => {
      const socket = connect(service.port, "127.0.0.1");
      let text = "";
      socket.on("data", (chunk) => (text += chunk.toString()));
      socket.on("error", reject);
      socket.on("data", () => {
        const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
        if (Number.isNaN(status)) return;
        socket.destroy();
        resolve({ status, text });
      });
      socket.write(bytes);
    });
  const file = (Name: string) => post("Files", { Name, ParentAssetId: assetId });
  const job = (uri: string, more: object = {}) =>
    post("Jobs", {
      InputMediaAssets: [{ __metadata: { uri } }],
      Tasks: [{ MediaProcessorId: ENCODER, TaskBody: "<taskBody/>", ...more }],
    });
  const day = 86_400_000;

  const cases: readonly (readonly [string, readonly number[], () => Promise<Refusal>])[] = [
    // Other accounts.
    ["another account's asset", [404], () => api.call("GET", `Assets('${otherAssetId}')`)],
    [
      "to delete another account's asset",
      [404],
      () => api.call("DELETE", `Assets('${otherAssetId}')`),
    ],
    [
      "a file in another account's asset",
      [404],
      () => post("Files", { Name: "a", ParentAssetId: otherAssetId }),
    ],
    [
      "another account's asset as an input",
      [404],
      () => job(`${other.apiUrl}Assets('${otherAssetId}')`),
    ],
    [
      "an id of another kind",
      [400],
      () => api.call("GET", `Assets('${assetId.replace("cid", "jid")}')`),
    ],
    // Tokens.
    ["no token", [401], () => api.call("GET", "Assets", { headers: { authorization: "" } })],
    [
      "a token of another kind",
      [401],
      () => api.call("GET", "Assets", { headers: { authorization: "Basic eDp5" } }),
    ],
    [
      "another account's token",
      [401],
      () =>
        withToken(
          tokens({ accountName: "otheraccount" }).acsToken("otheraccount", accountKey, new Date()),
        ),
    ],
    [
      "a token signed with another key",
      [401],
      () => withToken(tokens({ accountKey: "x" }).acsToken(service.accountName, "x", new Date())),
    ],
    [
      "a token of yesterday",
      [401],
      () =>
        withToken(tokens().acsToken(service.accountName, accountKey, new Date(Date.now() - day))),
    ],
    [
      "a token made to last longer",
      [401],
      () => withToken(ours().replace(/ExpiresOn=\d/, "ExpiresOn=9")),
    ],
    [
      "a token for another audience",
      [401],
      () => withToken(ours().replace("WindowsAzureMediaServices", "Other")),
    ],
    ["a token with its signature twice", [401], () => withToken(`${ours()}&HMACSHA256=`)],
    [
      "a JWT without an algorithm",
      [401],
      () => withToken(sign({ aud: RESOURCE }, "", { algorithm: "none" })),
    ],
    [
      "a JWT signed with the account's key itself",
      [401],
      () => withToken(sign({ aud: RESOURCE }, accountKey)),
    ],
    [
      "a JWT of another account",
      [401],
      () => withToken(sign({ aud: RESOURCE }, jwtKey("otheraccount"), { expiresIn: 60 })),
    ],
    [
      "a JWT for another audience",
      [401],
      () =>
        withToken(sign({ aud: "https://other" }, jwtKey(service.accountName), { expiresIn: 60 })),
    ],
    [
      "a JWT of yesterday",
      [401],
      () => withToken(sign({ aud: RESOURCE, exp: 1 }, jwtKey(service.accountName))),
    ],
    [
      "a JWT with another hash",
      [401],
      () => withToken(sign({ aud: RESOURCE }, jwtKey(service.accountName), { algorithm: "HS512" })),
    ],
    // Shared access signatures.
    [
      "to write with a SAS for reading",
      [403],
      () => blob("PUT", `${read.base}/x${read.query}`, "x"),
    ],
    [
      "to delete with a SAS for reading",
      [403],
      () => blob("DELETE", `${read.base}/x${read.query}`),
    ],
    [
      "to list with a SAS for reading",
      [403],
      () => blob("GET", `${read.base}${read.query}&restype=container&comp=list`),
    ],
    [
      "another container with this one's SAS",
      [403],
      () => blob("GET", `${otherContainer}/x${read.query}`),
    ],
    [
      "a SAS for reading made one for writing",
      [403],
      () => blob("PUT", `${read.base}/x${read.query}&sp=w`, "x"),
    ],
    // Bodies.
    ["entities nested 5,000 deep", [400], () => post("Assets", nested(5_000))],
    ["entities nested 200,000 deep", [400], () => post("Assets", nested(200_000))],
    [
      "arrays nested 500,000 deep",
      [400],
      () => post("Assets", `{"Name":${"[".repeat(500_000)}${"]".repeat(500_000)}}`),
    ],
    [
      "a property of every object",
      [400],
      () => post("Assets", '{"__proto__":{"x":1},"constructor":1}'),
    ],
    ["a body of 9 MiB", [413], () => post("Assets", `{"Name":"${"x".repeat(9 * MEBIBYTE)}"}`)],
    ["a name of 1 MiB", [400], () => post("Assets", { Name: "x".repeat(MEBIBYTE) })],
    [
      "100,000 links",
      [400],
      () => post("Jobs", { "InputMediaAssets@odata.bind": Array(100_000).fill("x") }),
    ],
    ["a batch of 101 parts", [400], () => batch("GET Assets", 101)],
    ["a batch inside a batch", [202], () => batch("POST $batch")],
    ["an endless filter", [431], () => api.call("GET", `Assets?$filter=${"(".repeat(20_000)}`)],
    [
      "entities that stand for others in XML",
      [400],
      () =>
        job(`Assets('${assetId}')`, {
          TaskBody: '<!DOCTYPE a [<!ENTITY b "c">]><taskBody>&b;</taskBody>',
        }),
    ],
    // Addresses and names.
    ["to climb out of the API", [400], () => api.call("GET", "..%2f..%2fetc%2fpasswd")],
    ["to climb out of an asset", [400], () => file("../../x.mp4")],
    ["a file name with a control character", [400], () => file("a\u0000.mp4")],
    ["a file name that ends a line", [400], () => file("a\r\nx-injected: 1")],
    ["an id that ends a line", [400], () => api.call("GET", "Assets('a%0d%0ax-injected:%201')")],
    ["a quote in a key", [400], () => api.call("GET", "Assets('a'' or 1 eq 1')")],
    ["the name of a built-in as a set", [404], () => api.call("GET", "constructor")],
    [
      "the name of a built-in as a member",
      [404],
      () => api.call("GET", `Assets('${assetId}')/toString`),
    ],
    // HTTP itself.
    [
      "headers of 64 KiB",
      [431],
      () => raw(`GET /api/ HTTP/1.1\r\nHost: x\r\nA: ${"x".repeat(65_536)}\r\n\r\n`),
    ],
    [
      "2,500 headers",
      [431],
      () => raw(`GET /api/ HTTP/1.1\r\nHost: x\r\n${"A: b\r\n".repeat(10_000)}\r\n`),
    ],
    [
      "two lengths of a body",
      [400],
      () =>
        raw("POST /api/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"),
    ],
    [
      "a length and chunks",
      [400],
      () =>
        raw(
          "POST /api/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
    ],
  ];

  for (const [what, statuses, attempt] of cases) {
    it(`${what}: ${statuses.join(" or ")}`, async () => {
      const before = process.memoryUsage().rss;
      const { status, text } = await attempt();
      assert(statuses.includes(status), `${status}: ${text.slice(0, 300)}`);
      assert.doesNotMatch(text, /\bat .+\.[jt]s:\d+|node:internal|node_modules/, "no stack");
      for (const secret of [accountKey, azurite.accountKey, otherKey]) {
        assert.equal(text.includes(secret), false, "no key");
      }
      assert(process.memoryUsage().rss - before < MEMORY_LIMIT, "no memory without bounds");
    });
  }

  it("a filter of a million terms in a batch: 400 in its part", async () => {
    const terms = "Name+eq+'a'+or+".repeat(100_000);
    const { status, text } = await batch(`GET Assets?$filter=${terms}Name+eq+'a'`);
    assert.equal(status, 202);
    assert.match(text, /HTTP\/1\.1 400/);
  });

  it("an input on another host: is never called", async () => {
    let calls = 0;
    const canary = createServer((_request, reply) => {
      calls++;
      reply.end();
    });
    await new Promise<void>((listening) => canary.listen(0, "127.0.0.1", listening));
    const base = `http://127.0.0.1:${(canary.address() as AddressInfo).port}`;
    const { status } = await job(`${base}/api/Assets('nb:cid:UUID:${randomUUID()}')`);
    canary.close();
    assert.deepEqual([status, calls], [404, 0]);
  });

  it("a client id with 3 KiB: is not echoed", async () => {
    const headers = { "x-ms-client-request-id": "x".repeat(3072) };
    const reply = await api.call("GET", "MediaProcessors", { headers });
    assert.deepEqual([reply.status, reply.headers.get("x-ms-client-request-id")], [200, null]);
  });

  it("a body that never ends: the connection is closed", async () => {
    const app = httpApp(pino({ level: "silent" }), {
      requestTimeoutMilliseconds: 300,
      checkingIntervalMilliseconds: 100,
    });
    app.post("/", () => ({}));
    await app.listen({ port: 0, host: "127.0.0.1" });
    try {
      const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.resume();
      const closed = new Promise<void>((resolve) =>
        socket.on("close", () => {
          resolve();
        }),
      );
      socket.write(
        `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${VERBOSE}\r\nContent-Length: 99\r\n\r\n{`,
      );
      await closed;
    } finally {
      await app.close();
    }
    assert(app.server.requestTimeout > 0);
  });
});
