import { setTimeout as delay } from "node:timers/promises";

/** A request that can be sent more than once. */
export interface ExchangeRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether sending it twice does the same as once. Default: every method but POST. */
  readonly repeatable?: boolean;
}

/** An answer, read whole. */
export interface ExchangeAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** There was no answer. */
export class NoAnswerError extends Error {
  /** Whether it is certain that the request never reached the other side. */
  readonly neverSent: boolean;

  constructor(message: string, options: { neverSent: boolean; cause: unknown }) {
    super(message, { cause: options.cause });
    this.name = "NoAnswerError";
    this.neverSent = options.neverSent;
  }
}

/** How often a request is repeated: as the service's own .NET client did it. */
export interface RetryPolicy {
  readonly retries: number;
  /** Milliseconds before the first repetition; doubled each time. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** Milliseconds for one try, the reading of the answer included. */
  readonly timeoutMs: number;
}

/** Four repetitions after 100, 200, 400 and 800 ms; a try ends after 100 s. */
export const DEFAULT_RETRY: RetryPolicy = {
  retries: 4,
  firstDelayMs: 100,
  longestDelayMs: 1_600,
  timeoutMs: 100_000,
};

/** Codes with which the connection was never made, so nothing can have happened. */
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);
/** The service says that it did not begin: anything may be sent again. */
const REFUSED = new Set([408, 429, 503]);
/** Failures behind which the request may have been carried out: only what changes nothing twice is repeated. */
const TRANSIENT = new Set([500, 502, 504]);

/**
 * Sends a request, repeating it while that is safe: what the service refused to begin always, other
 * failures only for requests that have the same effect twice as once.
 *
 * @throws NoAnswerError when the last try got no answer.
 */
export async function exchange(
  request: ExchangeRequest,
  policy: RetryPolicy = DEFAULT_RETRY,
): Promise<ExchangeAnswer> {
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await tryOnce(request, policy.timeoutMs);
    if (attempt >= policy.retries || !mayRepeat(request, outcome)) {
      if (outcome instanceof NoAnswerError) throw outcome;
      return outcome;
    }
    await delay(Math.min(policy.firstDelayMs * 2 ** attempt, policy.longestDelayMs));
  }
}

function mayRepeat(request: ExchangeRequest, outcome: ExchangeAnswer | NoAnswerError): boolean {
  const repeatable = request.repeatable ?? request.method !== "POST";
  return outcome instanceof NoAnswerError
    ? outcome.neverSent || repeatable
    : REFUSED.has(outcome.status) || (repeatable && TRANSIENT.has(outcome.status));
}

async function tryOnce(
  { url, method, headers, body }: ExchangeRequest,
  timeoutMs: number,
): Promise<ExchangeAnswer | NoAnswerError> {
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, headers: response.headers, body: await response.text() };
  } catch (error) {
    const { code, message } = rootCause(error);
    return new NoAnswerError(message, { neverSent: NEVER_SENT.has(code), cause: error });
  }
}

/** `fetch` hides the reason one level down, and where several addresses were tried two. */
function rootCause(error: unknown): { code: string; message: string } {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  if (!(current instanceof Error)) return { code: "", message: String(current) };
  const code = "code" in current && typeof current.code === "string" ? current.code : "";
  return { code, message: current.message === "" ? code : current.message };
}
