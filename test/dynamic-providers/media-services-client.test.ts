import { strict as assert } from "node:assert";
import { afterEach, beforeEach, describe, it } from "mocha";
import { MediaServicesClient } from "../../dynamic-providers/operations/media-services-client/client";
import { assets, jobs } from "../../dynamic-providers/operations/media-services-client/entities";
import { DEFAULT_RETRY } from "../../dynamic-providers/operations/media-services-client/exchange";
import {
  type MediaServicesError,
  messageOf,
} from "../../dynamic-providers/operations/media-services-client/media-services-error";
import {
  type ScriptedAnswer,
  ScriptedServer,
  type SeenRequest,
  verbose,
} from "../support/scripted-server";

const KEY = "c2VjcmV0LWtleS1vZi10aGUtYWNjb3VudA==";
const RETRY = { ...DEFAULT_RETRY, firstDelayMs: 1, longestDelayMs: 2, timeoutMs: 2_000 };

describe("MediaServicesClient", () => {
  let server: ScriptedServer;
  let tokens: ScriptedAnswer[];
  let answers: ScriptedAnswer[];
  let fallback: (request: SeenRequest) => ScriptedAnswer;

  beforeEach(async () => {
    tokens = [];
    answers = [];
    fallback = () => ({ status: 200, body: verbose({ Id: "nb:cid:UUID:1", Name: "a" }) });
    server = await ScriptedServer.start((request) => {
      if (request.url.includes("OAuth2-13") || request.url.includes("/oauth2/token")) {
        return tokens.shift() ?? token("token-1", 3_600);
      }
      return answers.shift() ?? fallback(request);
    });
  });

  afterEach(() => server[Symbol.asyncDispose]());

  function client(changes: { resource?: string; tokenUrl?: string; path?: string } = {}) {
    const { path = "/api/", ...rest } = changes;
    const connection = {
      apiUrl: `${server.url}${path}`,
      tokenUrl: `${server.url}/v2/OAuth2-13`,
      accountName: "east",
      accountKey: KEY,
      ...rest,
    };
    return new MediaServicesClient(connection, RETRY);
  }

  const apiCalls = (): SeenRequest[] => server.seen.filter(({ url }) => !/oauth2/i.test(url));
  const tokenCalls = (): SeenRequest[] => server.seen.filter(({ url }) => /oauth2/i.test(url));

  it("gets a token in the ACS form once, and sends it verbatim", async () => {
    const swt = "http%3a%2f%2fschemas=x&Audience=urn%3aWindowsAzureMediaServices&HMACSHA256=a%3d";
    tokens = [token(swt, 21_600)];
    await client().get(assets, "nb:cid:UUID:1");
    await client().get(assets, "nb:cid:UUID:1");

    assert.equal(tokenCalls().length, 1);
    assert.deepEqual(Object.fromEntries(new URLSearchParams(tokenCalls()[0]?.body)), {
      grant_type: "client_credentials",
      client_id: "east",
      client_secret: KEY,
      scope: "urn:WindowsAzureMediaServices",
    });
    assert.equal(apiCalls()[0]?.headers.authorization, `Bearer ${swt}`);
  });

  it("asks for an audience in the Azure AD v1 form, whose numbers are texts", async () => {
    tokens = [{ status: 200, body: '{"access_token":"jwt","expires_in":"3599"}' }];
    const resource = "https://rest.media.azure.net";
    await client({ resource, tokenUrl: `${server.url}/tenant/oauth2/token` }).get(assets, "x");

    const form = new URLSearchParams(tokenCalls()[0]?.body);
    assert.equal(form.get("resource"), resource);
    assert.equal(form.get("scope"), null);
    assert.equal(apiCalls()[0]?.headers.authorization, "Bearer jwt");
  });

  it("asks again for a token that is about to expire", async () => {
    tokens = [token("short", 0), token("next", 3_600)];
    await client().get(assets, "x");
    await client().get(assets, "x");

    assert.deepEqual(
      apiCalls().map(({ headers }) => headers.authorization),
      ["Bearer short", "Bearer next"],
    );
  });

  it("replaces a token that the API no longer takes, once", async () => {
    await client().get(assets, "x");
    answers = [{ status: 401 }];
    tokens = [token("token-2", 3_600)];
    await client().get(assets, "x");

    assert.equal(apiCalls().at(-1)?.headers.authorization, "Bearer token-2");
    answers = [{ status: 401 }, { status: 401 }];
    tokens = [token("token-3", 3_600)];
    await assert.rejects(client().get(assets, "x"), { kind: "denied", status: 401 });
  });

  it("says that the key is wrong, without showing it, when no token is given", async () => {
    tokens = [{ status: 400, body: `{"error":"invalid_client","error_description":"bad ${KEY}"}` }];
    await assert.rejects(client().get(assets, "x"), (error: MediaServicesError) => {
      assert.match(error.message, /account 'east' \(127\.0\.0\.1:\d+\).*400.*invalid_client/);
      assert.match(error.message, /check the key that was given for it/);
      assert.ok(!error.message.includes(KEY));
      return true;
    });
  });

  it("sends the headers and the body of verbose JSON", async () => {
    answers = [{ status: 201, body: verbose({ Id: "nb:cid:UUID:2" }) }];
    await client().create(assets, { Name: "a" });

    const [call] = apiCalls();
    assert.equal(call?.headers.accept, "application/json;odata=verbose");
    assert.equal(call.headers["content-type"], "application/json;odata=verbose");
    assert.equal(call.headers["x-ms-version"], "2.19");
    assert.equal(call.headers["dataserviceversion"], "3.0");
    assert.equal(call.body, '{"Name":"a"}');
  });

  it("goes to the root that a redirect names with the same method and body, and stays there", async () => {
    answers = [
      { status: 301, headers: { location: `${server.url}/moved/api/` } },
      { status: 201, body: verbose({ Id: "nb:cid:UUID:2" }) },
    ];
    const moved = client({ path: "/redirect/api/" });
    await moved.create(assets, { Name: "a" });
    await moved.get(assets, "x");

    assert.deepEqual(
      apiCalls().map(({ method, url, body }) => `${method} ${url} ${body}`),
      [
        'POST /redirect/api/Assets {"Name":"a"}',
        'POST /moved/api/Assets {"Name":"a"}',
        "GET /moved/api/Assets('x') ",
      ],
    );
  });

  it("gives up on redirects that have no end", async () => {
    fallback = () => ({ status: 301, headers: { location: `${server.url}/round/api/` } });
    await assert.rejects(
      client({ path: "/round/api/" }).get(assets, "x"),
      /5 times without an end/,
    );
    assert.equal(apiCalls().length, 6);
  });

  for (const status of [408, 429, 500, 502, 503, 504]) {
    it(`repeats a read that was answered ${status}`, async () => {
      answers = [{ status }, { status }];
      assert.equal((await client().get(assets, "x"))?.name, "a");
      assert.equal(apiCalls().length, 3);
    });
  }

  for (const { status, calls } of [
    { status: 503, calls: 2 },
    { status: 429, calls: 2 },
    { status: 500, calls: 1 },
    { status: 504, calls: 1 },
  ]) {
    it(`sends a creation that was answered ${status} ${calls === 1 ? "once" : "again"}`, async () => {
      answers = [{ status }];
      await client()
        .create(assets, { Name: "a" })
        .catch(() => undefined);
      assert.equal(apiCalls().length, calls);
    });
  }

  it("does not repeat a creation whose answer was lost, and says that it may have happened", async () => {
    answers = ["drop"];
    await assert.rejects(client().create(assets, { Name: "a" }), {
      kind: "unreachable",
      ambiguous: true,
    });
    assert.equal(apiCalls().length, 1);
  });

  it("repeats a deletion whose answer was lost, and takes 'gone' for done", async () => {
    answers = ["drop", { status: 404 }];
    assert.equal(await client().delete(assets, "x"), false);
    assert.equal(apiCalls().length, 2);
  });

  it("gives up after four repetitions", async () => {
    fallback = () => ({ status: 503 });
    await assert.rejects(client().get(assets, "x"), { kind: "busy", status: 503 });
    assert.equal(apiCalls().length, 5);
  });

  it("names the account and what to do when nothing answers", async () => {
    const url = server.url;
    await client().get(assets, "x");
    const gone = client();
    await server[Symbol.asyncDispose]();
    await assert.rejects(gone.get(assets, "nb:cid:UUID:1"), (error: MediaServicesError) => {
      const host = url.replace("http://", "");
      assert.ok(
        error.message.startsWith("Reading asset 'nb:cid:UUID:1' in media services account"),
      );
      assert.match(
        error.message,
        new RegExp(`'east' \\(${host}\\) failed: no answer \\(.*ECONNREFUSED`),
      );
      assert.match(error.message, /Check that the media service runs/);
      return true;
    });
  });

  it("reads pages until one is not full", async () => {
    const page = (from: number, count: number): ScriptedAnswer => ({
      status: 200,
      body: verbose({
        results: Array.from({ length: count }, (_, index) => ({ Id: `${from + index}` })),
      }),
    });
    answers = [page(0, 1_000), page(1_000, 3)];
    const found = await client().find(assets, { Name: "it's" });

    assert.equal(found.length, 1_003);
    assert.equal(found[1_002]?.id, "1002");
    assert.deepEqual(
      apiCalls().map(({ url }) => url),
      [
        "/api/Assets?$filter=Name eq 'it''s'&$top=1000&$skip=0",
        "/api/Assets?$filter=Name eq 'it''s'&$top=1000&$skip=1000",
      ],
    );
  });

  it("reads numbers that are texts, and dates in every form", async () => {
    answers = [
      { status: 200, body: verbose({ Id: "j", State: "3", Created: "/Date(1337049393000)/" }) },
    ];
    const job = await client().get(jobs, "j");
    assert.equal(job?.state, 3);
    assert.equal(job.created?.toISOString(), "2012-05-15T02:36:33.000Z");
  });

  it("refuses an answer that is no verbose JSON", async () => {
    answers = [{ status: 200, body: "<html>a portal</html>" }];
    await assert.rejects(client().get(assets, "x"), /not verbose JSON. Check that apiUrl/);
  });
});

describe("messageOf", () => {
  for (const [form, body] of Object.entries({
    "verbose JSON": '{"error":{"code":"C","message":{"lang":"en-US","value":"no"}}}',
    "JSON wrapped in d": '{"d":{"error":{"code":"C","message":{"value":"no"}}}}',
    "light JSON": '{"odata.error":{"code":"C","message":{"value":"no"}}}',
  })) {
    it(`reads an error in ${form}`, () => {
      assert.equal(messageOf(body), "C: no");
    });
  }

  it("reads an error in XML", () => {
    const body =
      '<m:error xmlns:m="x"><m:code/><m:message xml:lang="en-US">a &lt;b&gt;</m:message></m:error>';
    assert.equal(messageOf(body), "a <b>");
  });
});

function token(value: string, expiresIn: number): ScriptedAnswer {
  return {
    status: 200,
    body: JSON.stringify({ access_token: value, expires_in: expiresIn.toString() }),
  };
}
