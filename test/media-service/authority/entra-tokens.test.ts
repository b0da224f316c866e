import { strict as assert } from "node:assert";
import { createPublicKey, generateKeyPairSync, type JsonWebKey, randomUUID } from "node:crypto";
import { sign } from "jsonwebtoken";
import { after, before, beforeEach, describe, it } from "mocha";
import { Authority } from "../../../local-cloud/authority/authority";
import { SigningKeys } from "../../../local-cloud/authority/signing-keys";
import { tokenClaims } from "../../../local-cloud/authority/token-claims";
import { JwksKeys } from "../../../media-service/authority/jwks-keys";
import { EntraTokens, jwksUrl } from "../../../media-service/services/entra-tokens";
import { ApiClient } from "../../support/api-client";
import { type Azurite, startAzurite } from "../../support/azurite";
import { startMediaServiceHere } from "../../support/media-service";

const AUDIENCE = "api://media";
const ROLE = "MediaServices.Contributor";
const MINUTE = 60_000;

describe("tokens of Entra ID", () => {
  let authority: Authority;
  let now: Date;
  let tokens: EntraTokens;
  let settings: ConstructorParameters<typeof EntraTokens>[0];

  before(async () => {
    authority = await Authority.listen(0);
  });
  after(() => authority[Symbol.asyncDispose]());
  beforeEach(() => {
    now = new Date();
    const { url, tenantId } = authority;
    settings = { tenantId, audiences: [AUDIENCE], authority: url, allowed: [] };
    tokens = new EntraTokens(settings, new JwksKeys(jwksUrl(settings), { now: () => now }));
  });

  const caller = { ...{ clientId: randomUUID(), principalId: randomUUID() }, roles: [ROLE] };
  const claims = (more: object = {}): Record<string, unknown> => ({
    ...tokenClaims(caller, AUDIENCE, authority),
    ...more,
  });
  const signed = (more: object = {}) => authority.keys.sign(claims(more));
  const without = (name: string) => {
    const rest = Object.entries(claims()).filter(([key]) => key !== name);
    return authority.keys.sign(Object.fromEntries(rest));
  };
  const check = (token: string) => tokens.check(token, now);

  it("are taken in both forms that an application can choose", async () => {
    await check(signed());
    const { azp, ...first } = claims({ ver: "1.0" });
    const iss = `https://sts.windows.net/${authority.tenantId}/`;
    await check(authority.keys.sign({ ...first, iss, appid: azp }));
  });

  it("are taken of a principal by its object id, where it is listed", async () => {
    const anybody = signed({ roles: undefined });
    await assert.rejects(check(anybody), {
      name: "DeniedError",
      message: /app role .*ENTRA_ALLOWED/,
    });
    const listed = { ...settings, allowed: [caller.principalId.toUpperCase()] };
    const keys = new JwksKeys(jwksUrl(settings), { now: () => now });
    await new EntraTokens(listed, keys).check(anybody, now);
  });

  const seconds = (ms: number) => Math.floor((Date.now() + ms) / 1000);
  const publicPem = () => {
    const [jwk] = authority.keys.document().keys;
    const key = createPublicKey({ key: jwk as JsonWebKey, format: "jwk" });
    return { kid: jwk?.kid ?? "", pem: key.export({ type: "spki", format: "pem" }).toString() };
  };
  // jsonwebtoken itself refuses to sign this, and others don't.
  const byPublicKey = () => {
    const { kid, pem } = publicPem();
    return sign(claims(), Buffer.from(pem), { algorithm: "HS256", keyid: kid });
  };
  const forged = (kid: string) => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    return sign(claims(), privateKey, { algorithm: "RS256", keyid: kid });
  };
  const changed = () => {
    const [head = "", , signature = ""] = signed().split(".");
    const payload = Buffer.from(JSON.stringify(claims({ sub: "another" }))).toString("base64url");
    return [head, payload, signature].join(".");
  };

  for (const [what, make, message] of [
    ["no signature", () => sign(claims(), "", { algorithm: "none" }), /not signed/],
    ["the public key as a secret", byPublicKey, /not signed/],
    ["another key under a known id", () => forged(publicPem().kid), /not signed/],
    ["an unknown key", () => forged("another"), /not signed/],
    ["no key's id", () => sign(claims(), "x"), /not signed/],
    ["changed claims", changed, /not signed/],
    ["no content", () => "a.b.c", /not signed/],
    ["another audience", () => signed({ aud: "https://management.azure.com" }), /audience/],
    ["no audience", () => without("aud"), /audience/],
    ["another issuer", () => signed({ iss: "https://evil.example/v2.0" }), /not of the tenant/],
    [
      "another tenant's issuer",
      () => signed({ iss: `https://sts.windows.net/${randomUUID()}/` }),
      /not of the tenant/,
    ],
    ["another tenant", () => signed({ tid: randomUUID() }), /another tenant/],
    ["no tenant", () => without("tid"), /another tenant/],
    ["an end that is over", () => signed({ exp: seconds(-2 * MINUTE) }), /expired/],
    ["no end", () => without("exp"), /no end/],
    ["a start to come", () => signed({ nbf: seconds(2 * MINUTE) }), /not good yet/],
    ["no client, as id tokens are", () => without("azp"), /no access token/],
  ] as const) {
    it(`are refused with ${what}`, async () => {
      await assert.rejects(check(make()), { name: "UnauthenticatedError", message });
    });
  }

  for (const [what, roles] of [
    ["another role", ["MediaServices.Reader"]],
    ["a role that is no list", ROLE],
    ["no role", []],
  ] as const) {
    it(`are refused with ${what}`, async () => {
      await assert.rejects(check(signed({ roles })), { name: "DeniedError" });
    });
  }

  it("are taken when they are signed with a key that has just been rolled in", async () => {
    await check(signed());
    const old = signed();
    authority.keys.roll();
    now = new Date(now.getTime() + MINUTE);
    await check(signed());
    await check(old);
  });
});

describe("an authority's keys", () => {
  let authority: Authority;
  let asked = 0;
  let now = 0;
  const clock = { now: () => new Date(now) };

  beforeEach(async () => {
    authority = await Authority.listen(0);
    [asked, now] = [0, Date.UTC(2026, 0, 1)];
  });
  afterEachDispose(() => authority);

  const keysOf = (url = `${authority.url}t/discovery/v2.0/keys`) => {
    const shown = authority.keys.document();
    authority.keys.document = () => {
      asked += 1;
      return shown;
    };
    return new JwksKeys(url, clock);
  };
  const known = () => authority.keys.document().keys[0]?.kid ?? "";

  it("are asked for once, and an unknown one seldom", async () => {
    const keys = keysOf();
    const id = new SigningKeys(authority.keys.privateKeys).document().keys[0]?.kid ?? "";
    await Promise.all([keys.key(id), keys.key(id), keys.key("a")]);
    for (let i = 0; i < 50; i++) assert.equal(await keys.key(`unknown ${i}`), undefined);
    assert(await keys.key(id));
    assert.equal(asked, 1);
    now += MINUTE;
    await keys.key("unknown");
    assert.equal(asked, 2);
  });

  it("outlive the authority for a day, and not longer", async () => {
    const id = known();
    const keys = keysOf();
    assert(await keys.key(id));
    await authority[Symbol.asyncDispose]();
    now += 23 * 60 * MINUTE;
    assert(await keys.key(id));
    await assert.rejects(keys.key("another"), { name: "UnavailableError" });
    now += 2 * 60 * MINUTE;
    await assert.rejects(keys.key(id), { name: "UnavailableError" });
  });

  it("are asked for again after the authority was away", async () => {
    const keys = keysOf(`${authority.url}nothing/here`);
    await assert.rejects(keys.key("a"), { name: "UnavailableError" });
    await assert.rejects(keys.key("a"), { name: "UnavailableError" });
  });
});

function afterEachDispose(owned: () => AsyncDisposable): void {
  afterEach(() => owned()[Symbol.asyncDispose]());
}

describe("a media service without an account key", () => {
  let azurite: Azurite;
  let authority: Authority;
  let service: Awaited<ReturnType<typeof startMediaServiceHere>>;
  let env: Record<string, string>;

  before(async () => {
    [azurite, authority] = await Promise.all([startAzurite(), Authority.listen(0)]);
    const { url: ENTRA_AUTHORITY, tenantId: ENTRA_TENANT_ID } = authority;
    env = { ROLES: "api", ENTRA_AUTHORITY, ENTRA_TENANT_ID, ENTRA_AUDIENCE: AUDIENCE };
    service = await start({ MEDIA_ACCOUNT_KEY: "" });
  });
  after(async () => {
    await service.stop();
    await Promise.all([azurite.stop(), authority[Symbol.asyncDispose]()]);
  });
  const start = (more: Record<string, string>, accountKey?: string) =>
    startMediaServiceHere({
      ...{ storage: azurite, env: { ...env, ...more } },
      ...(accountKey === undefined ? {} : { accountKey }),
    });
  const token = (roles: string[]) =>
    authority.token({ ...{ clientId: randomUUID(), principalId: randomUUID() }, roles }, AUDIENCE)
      .token;
  const protectionKeyId = async (api: ApiClient) => {
    const reply = await api.call("GET", "GetProtectionKeyId?contentKeyType=1");
    assert.equal(reply.status, 200, reply.text);
    return reply.text;
  };

  it("is called with a token of the tenant by those who have the role", async () => {
    const api = ApiClient.withToken(service, token([ROLE]));
    assert.deepEqual(await api.list("Assets"), []);
    const stranger = ApiClient.withToken(service, token([]));
    assert.equal((await stranger.call("GET", "Assets")).status, 403);
    assert.equal((await ApiClient.withToken(service, "x").call("GET", "Assets")).status, 401);
  });

  it("gives no tokens itself", async () => {
    assert.equal((await fetch(service.tokenUrl, { method: "POST" })).status, 404);
    assert.equal(
      (await fetch(`${service.baseUrl}/t/oauth2/token`, { method: "POST" })).status,
      404,
    );
  });

  it("opens what was sealed while there was a key, once it has seen both", async () => {
    const [accountName, accountKey] = ["moving", "the account's key"];
    const byKey = { ENTRA_TENANT_ID: "", ENTRA_AUDIENCE: "", MEDIA_ACCOUNT_NAME: accountName };
    const old = await start(byKey, accountKey);
    const connected = await ApiClient.connect({ ...old, accountName, accountKey });
    const id = await protectionKeyId(connected);
    await old.stop();

    const both = await start({ MEDIA_ACCOUNT_NAME: accountName }, accountKey);
    assert.equal(await protectionKeyId(await ApiClient.connect({ ...both, accountName })), id);
    await both.stop();

    const keyless = await start({ MEDIA_ACCOUNT_NAME: accountName, MEDIA_ACCOUNT_KEY: "" });
    const api = ApiClient.withToken(keyless, token([ROLE]));
    assert.equal(await protectionKeyId(api), id);
    await keyless.stop();
  });
});
