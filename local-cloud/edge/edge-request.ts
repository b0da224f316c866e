import type { Dispatcher } from "undici";
import { type EdgeDeps, type Exchange, openExchange } from "./edge-exchange";
import { sendAnswer, sendCached, sendFailure } from "./edge-response";
import type { OriginSettings, RouteSettings } from "./front-door-settings";
import { requestHeaders } from "./message-headers";
import type { OriginGroup } from "./origin-group";
import { failureOf, type OriginAnswer, OriginFailure } from "./origin-request";

/** Methods that may be asked twice without harm (RFC 9110, 9.2.1). */
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** What came of asking an origin. */
type Result = OriginAnswer | OriginFailure;

/** Answers a request from the cache or from the first origin of the route that can. */
export async function answer(
  deps: EdgeDeps,
  message: Pick<Exchange, "request" | "response">,
  target: { route: RouteSettings; group: OriginGroup },
): Promise<void> {
  const exchange = openExchange(message, target.route);
  deps.counters.requests += 1;
  const cached = exchange.key === undefined ? undefined : deps.cache.get(exchange.key);
  if (cached !== undefined) {
    deps.counters.cacheHits += 1;
    sendCached(exchange, cached, deps.now());
    return;
  }
  await forward(deps, exchange, target.group);
}

/** Asks one origin after the other, as long as that is allowed and none could answer. */
async function forward(deps: EdgeDeps, exchange: Exchange, group: OriginGroup): Promise<void> {
  const { retry } = deps;
  const all = group.candidates({ byRequestsToo: retry.enabled });
  const mayRepeat = retry.enabled && safeMethods.has(methodOf(exchange));
  const candidates = mayRepeat ? all : all.slice(0, 1);
  let last: Result | undefined;
  for (const [index, origin] of candidates.entries()) {
    await discard(last);
    last = await attempt(deps, exchange, { origin, isLast: index === candidates.length - 1 });
    if (exchange.abort.aborted) return discard(last);
    if (!isFailed(last)) {
      if (index > 0) deps.counters.rescued += 1;
      break;
    }
    note(deps, { exchange, group, result: last, origin });
  }
  await conclude(deps, exchange, last);
}

async function conclude(
  deps: EdgeDeps,
  exchange: Exchange,
  last: Result | undefined,
): Promise<void> {
  if (last === undefined || isFailed(last)) deps.counters.failed += 1;
  if (last === undefined || last instanceof OriginFailure) sendFailure(exchange, last);
  else await sendAnswer(deps, exchange, last);
}

async function attempt(
  { client, retry }: EdgeDeps,
  exchange: Exchange,
  { origin, isLast }: { origin: OriginSettings; isLast: boolean },
): Promise<Result> {
  const { request, route, outcome, key, abort } = exchange;
  const method = methodOf(exchange);
  const patienceMs = isLast ? Infinity : retry.tryNextAfterMs;
  try {
    return await client.ask({
      origin,
      method,
      path: `${route.originPath}${request.url ?? "/"}`,
      headers: requestHeaders(request, { mayCache: key !== undefined, actions: outcome.headers }),
      ...(safeMethods.has(method) ? {} : { body: request }),
      signal: abort,
      timeoutMs: Math.min(route.responseTimeoutMs, patienceMs),
      // After the last origin there is nobody to repeat a broken answer.
      bufferBytes: isLast ? 0 : retry.bufferBytes,
    });
  } catch (error) {
    return error instanceof OriginFailure ? error : failureOf(error, origin.name);
  }
}

function methodOf({ request }: Exchange): Dispatcher.HttpMethod {
  return request.method ?? "GET";
}

function isFailed(result: Result): boolean {
  return result instanceof OriginFailure || result.status >= 500;
}

/** Remembers a failure; a 500 may be about the one thing asked for, a gateway's status isn't. */
function note(
  deps: EdgeDeps,
  failed: { exchange: Exchange; group: OriginGroup; result: Result; origin: OriginSettings },
): void {
  const { exchange, group, result, origin } = failed;
  const isFailure = result instanceof OriginFailure;
  if (isFailure || [502, 503, 504].includes(result.status)) group.distrust(origin.name);
  const why = isFailure ? result.message : `answered ${result.status.toString()}`;
  deps.log.warn(
    { origin: origin.name, url: exchange.request.url, why },
    "an origin failed a request",
  );
}

/** Lets go of a body that nobody will read. */
async function discard(result: Result | undefined): Promise<void> {
  if (result !== undefined && !(result instanceof OriginFailure)) await result.rest?.return?.();
}
