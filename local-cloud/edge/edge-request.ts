import { isCompressible } from "./compression";
import { type WholeResponse, lifetimeMs } from "./edge-cache";
import { type EdgeDeps, type Exchange, isSafe, methodOf } from "./edge-exchange";
import { sendFailure, sendRedirect, sendWhole, stream } from "./edge-response";
import { changedHeaders, requestHeaders } from "./message-headers";
import type { OriginGroup } from "./origin-group";
import { OriginRace, type Result } from "./origin-race";
import { type OriginAnswer, OriginFailure } from "./origin-request";
import { originUrl } from "./url-actions";
import { wholeResponse } from "./whole-response";

/** Answers a request from the cache or from the first origin of the group that can. */
export async function answer(
  deps: EdgeDeps,
  exchange: Exchange,
  group: OriginGroup,
): Promise<void> {
  deps.counters.requests += 1;
  const { key, outcome } = exchange;
  if (outcome.redirect !== undefined) {
    sendRedirect(exchange, outcome.redirect);
    return;
  }
  const cached = key === undefined ? undefined : deps.cache.get(key);
  if (cached !== undefined) {
    deps.counters.cacheHits += 1;
    await sendWhole(exchange, cached, { verdict: "TCP_HIT", now: deps.now() });
    return;
  }
  const gone = goneSignal(exchange);
  if (key !== undefined && isShareable(exchange)) await share(deps, exchange, { key, group, gone });
  else await forward(deps, exchange, { group, stop: gone });
}

/** Aborts when the client goes away before it has its answer. */
function goneSignal({ response }: Exchange): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort(new Error("the client went away"));
  });
  return gone.signal;
}

/** Whether the whole body would be asked for, as the cache wants it. */
function isShareable({ request }: Exchange): boolean {
  return request.method === "GET" && request.headers.range === undefined;
}

/** Waits for the answer that another request is getting, or gets one for all who want it. */
async function share(
  deps: EdgeDeps,
  exchange: Exchange,
  { key, group, gone }: { key: string; group: OriginGroup; gone: AbortSignal },
): Promise<void> {
  let own: Result | undefined;
  const { asked, answer: whole } = await deps.shared.join({ key, gone }, async (stop) => {
    own = await ask(deps, exchange, { group, stop });
    return take(deps, exchange, own);
  });
  if (gone.aborted) {
    letGo(own);
  } else if (whole !== undefined) {
    if (!asked) deps.counters.shared += 1;
    await sendWhole(exchange, whole, { verdict: "TCP_MISS", now: deps.now() });
  } else if (asked) await conclude(deps, exchange, own);
  else await forward(deps, exchange, { group, stop: gone });
}

/** Gets an answer for one request alone. */
async function forward(
  deps: EdgeDeps,
  exchange: Exchange,
  { group, stop }: { group: OriginGroup; stop: AbortSignal },
): Promise<void> {
  const result = await ask(deps, exchange, { group, stop });
  if (stop.aborted) {
    letGo(result);
    return;
  }
  const whole = isShareable(exchange) ? take(deps, exchange, result) : undefined;
  if (whole === undefined) await conclude(deps, exchange, result);
  else await sendWhole(exchange, whole, { verdict: "TCP_MISS", now: deps.now() });
}

function letGo(result: Result | undefined): void {
  if (result !== undefined && !(result instanceof OriginFailure)) result.cancel();
}

function ask(
  deps: EdgeDeps,
  exchange: Exchange,
  { group, stop }: { group: OriginGroup; stop: AbortSignal },
): Promise<Result | undefined> {
  const { request, seen, route, prefix, outcome, key, body } = exchange;
  const headers = requestHeaders(request, key !== undefined);
  const race = new OriginRace(deps, {
    group,
    asking: {
      method: methodOf(request),
      path: originUrl(seen, {
        prefix,
        originPath: route.settings.originPath,
        rewrite: outcome.rewrite,
      }),
      headers: changedHeaders(headers, outcome.requestHeaders, seen),
      ...(body !== undefined && { body }),
    },
    mayRepeat: isSafe(request),
    wantsWhole: key !== undefined && isShareable(exchange),
    responseTimeoutMs: route.settings.responseTimeoutMs,
    stop,
  });
  return race.run();
}

/**
 * Makes an answer into one that can be given to many, and keeps it where that is allowed; `undefined`
 * when it is for one client alone, too long, or a failure.
 */
function take(
  deps: EdgeDeps,
  { key, outcome, route }: Exchange,
  result: Result | undefined,
): WholeResponse | undefined {
  if (key === undefined || outcome.cache === undefined || !isForAll(result)) return undefined;
  const isKept = result.status === 200;
  const keepMs = isKept ? lifetimeMs(outcome.cache, result.headers) : 0;
  if (isKept && keepMs <= 0) return undefined;
  const whole = wholeResponse(result, {
    storedAt: deps.now(),
    compressible: isKept && outcome.cache.compress && compresses(result, route.compressedTypes),
  });
  if (isKept) deps.cache.put(key, whole, keepMs);
  return whole;
}

/** Only whole answers without a client's own state; of failures everyone asks for another. */
function isForAll(result: Result | undefined): result is OriginAnswer {
  return (
    result !== undefined &&
    !(result instanceof OriginFailure) &&
    result.rest === undefined &&
    (result.status === 200 || result.status === 404) &&
    result.headers["set-cookie"] === undefined
  );
}

function compresses({ headers, start }: OriginAnswer, types: ReadonlySet<string>): boolean {
  const { "content-type": type, "content-encoding": encoding } = headers;
  return isCompressible({ type, encoding, sizeBytes: start.length }, types);
}

async function conclude(
  deps: EdgeDeps,
  exchange: Exchange,
  result: Result | undefined,
): Promise<void> {
  if (result === undefined || result instanceof OriginFailure) {
    deps.counters.failed += 1;
    sendFailure(exchange, result);
    return;
  }
  if (result.status >= 500) deps.counters.failed += 1;
  await stream(exchange, result);
}
