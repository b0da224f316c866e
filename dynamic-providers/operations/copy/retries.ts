import { setTimeout as sleep } from "node:timers/promises";
import { abortScope } from "./abort-scope";
import { CopyError, statusOf, storeCodeOf } from "./copy-error";

const TRIES = 4;
const FIRST_PAUSE_MS = 500;
const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
/** Faults of the way, not of the request: what arrived is not what was sent, or nothing arrived. */
const TRANSIENT_CODES = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"],
  ...["ERR_STREAM_PREMATURE_CLOSE", "REQUEST_SEND_ERROR", "PARSE_ERROR"],
  ...["Md5Mismatch", "IncompleteBody", "RequestBodyIncomplete"],
]);

/** What ends an exchange with a store early. */
export interface TransferLimits {
  readonly signal: AbortSignal;
  /** Longest time without a byte that moves. */
  readonly stallTimeoutMs: number;
}

/** Tells whether trying the same again can help. */
function isTransient(error: unknown): boolean {
  if (error instanceof CopyError) return error.code === "Interrupted";
  if (TRANSIENT_STATUSES.has(statusOf(error) ?? 0)) return true;
  const code = storeCodeOf(error) || (error as NodeJS.ErrnoException).code;
  return code !== undefined && TRANSIENT_CODES.has(code);
}

/**
 * Tries up to four times, with growing pauses, as long as the fault is transient. The SDK retries single
 * requests below this; here whole steps are repeated, bodies included.
 */
export async function withRetries<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      signal.throwIfAborted();
      if (attempt === TRIES || !isTransient(error)) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, { signal });
    }
  }
}

/**
 * Breaks a transfer off when no byte has moved for a while: a connection that hangs would else hang the
 * whole deployment, which has no way to cancel a provider.
 *
 * @throws CopyError `Interrupted`, which {@link withRetries} retries.
 */
export async function withStallGuard<T>(
  limits: TransferLimits,
  act: (signal: AbortSignal, onMoved: () => void) => Promise<T>,
): Promise<T> {
  using scope = abortScope(limits.signal);
  const stalled = new CopyError("Interrupted", `no byte moved for ${limits.stallTimeoutMs} ms`);
  const timer = setTimeout(() => {
    scope.abort(stalled);
  }, limits.stallTimeoutMs);
  try {
    return await act(scope.signal, () => timer.refresh());
  } catch (error) {
    throw scope.signal.reason === stalled ? stalled : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Repeats an exchange that fails or hangs for a passing reason; for those that move few bytes. */
export function withPatience<T>(
  limits: TransferLimits,
  exchange: (abortSignal: AbortSignal, onMoved: () => void) => Promise<T>,
): Promise<T> {
  return withRetries(limits.signal, () => withStallGuard(limits, exchange));
}
