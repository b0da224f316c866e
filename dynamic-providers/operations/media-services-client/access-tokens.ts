import { createHash } from "node:crypto";
import {
  accountLabel,
  type AccountConnection,
  hostOf,
  isByEntra,
  type SecretConnection,
} from "./account-connection";
import { entraToken } from "./entra-token";
import { exchange, type ExchangeAnswer, NoAnswerError, type RetryPolicy } from "./exchange";
import { MediaServicesError, messageOf } from "./media-services-error";

/** Renewed this long before it expires, in milliseconds, or at half its life if that is sooner. */
const RENEWAL_MARGIN_MS = 5 * 60_000;

interface CachedToken {
  readonly token: Promise<string>;
  /** The token once it is there. */
  value?: string;
  /** Milliseconds of the epoch; unknown while it is being fetched. */
  renewAt: number;
}

/** Tokens of this process, by a digest of what they were fetched with. */
const cache = new Map<string, CachedToken>();

/**
 * A bearer token for an account, fetched once and shared until shortly before it expires.
 *
 * @throws MediaServicesError when the token endpoint refuses or does not answer.
 */
export async function accessToken(
  connection: AccountConnection,
  retry?: RetryPolicy,
): Promise<string> {
  const key = cacheKey(connection);
  const cached = cache.get(key);
  if (cached && Date.now() < cached.renewAt) return cached.token;

  const fetched = fetchToken(connection, retry);
  const entry: CachedToken = { token: fetched.then(({ token }) => token), renewAt: Infinity };
  cache.set(key, entry);
  try {
    const { token, keepForMs } = await fetched;
    entry.value = token;
    entry.renewAt = Date.now() + keepForMs;
    return token;
  } catch (error) {
    if (cache.get(key) === entry) cache.delete(key);
    throw error;
  }
}

/** Forgets a token that the API no longer takes. */
export function forgetToken(connection: AccountConnection, token: string): void {
  const key = cacheKey(connection);
  if (cache.get(key)?.value === token) cache.delete(key);
}

function cacheKey(connection: AccountConnection): string {
  const parts = JSON.stringify(
    isByEntra(connection)
      ? [connection.entraAudience]
      : [connection.tokenUrl, connection.accountName, connection.accountKey, connection.resource],
  );
  return createHash("sha256").update(parts).digest("base64");
}

async function fetchToken(
  connection: AccountConnection,
  retry: RetryPolicy | undefined,
): Promise<{ token: string; keepForMs: number }> {
  if (isByEntra(connection)) {
    const { token, lifeMs } = await entraToken(connection);
    return { token, keepForMs: keptFor(lifeMs) };
  }
  const what = `Getting a token for ${accountLabel(connection)} from ${hostOf(connection.tokenUrl)}`;
  const answer = await exchange(tokenRequest(connection), retry).catch((error: unknown) => {
    if (!(error instanceof NoAnswerError)) throw error;
    throw new MediaServicesError(
      `${what} failed: no answer (${error.message}). Check that the media service runs and tokenUrl is right, then run again.`,
      { kind: "unreachable", cause: error },
    );
  });
  if (answer.status !== 200) throw refusal(what, connection, answer);
  return readToken(what, answer);
}

function tokenRequest(connection: SecretConnection): Parameters<typeof exchange>[0] {
  const audience: [string, string] =
    connection.resource === undefined
      ? ["scope", "urn:WindowsAzureMediaServices"]
      : ["resource", connection.resource];
  const form = new URLSearchParams([
    ["grant_type", "client_credentials"],
    ["client_id", connection.accountName],
    ["client_secret", connection.accountKey],
    audience,
  ]);
  return {
    method: "POST",
    url: connection.tokenUrl,
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: form.toString(),
    repeatable: true,
  };
}

function refusal(
  what: string,
  connection: SecretConnection,
  { status, body }: ExchangeAnswer,
): MediaServicesError {
  const text = messageOf(body);
  const { accountKey } = connection;
  const said = accountKey === "" ? text : text.replaceAll(accountKey, "[secret]");
  const denied = status === 400 || status === 401 || status === 403;
  const remedy = denied
    ? "The account's name or key is wrong: check the key that was given for it, then run again."
    : "Check that tokenUrl is right and the media service is well, then run again.";
  const quoted = said === "" ? "" : `, "${said}"`;
  return new MediaServicesError(`${what} failed: ${status}${quoted}. ${remedy}`, {
    kind: denied ? "denied" : "failed",
    status,
  });
}

function readToken(what: string, { body }: ExchangeAnswer): { token: string; keepForMs: number } {
  const { access_token: token, expires_in: expiresIn } = parse(body);
  if (typeof token !== "string" || token === "") {
    throw new MediaServicesError(
      `${what} failed: the answer holds no access_token. Check that tokenUrl is a token endpoint.`,
      { kind: "protocol", status: 200 },
    );
  }
  const lifeMs = (Number(expiresIn) || 0) * 1_000;
  return { token, keepForMs: keptFor(lifeMs) };
}

function keptFor(lifeMs: number): number {
  return Math.max(lifeMs - RENEWAL_MARGIN_MS, lifeMs / 2);
}

function parse(body: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(body)) as Record<string, unknown>;
  } catch {
    return {}; // reported by the caller as an answer without a token
  }
}
