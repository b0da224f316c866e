import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { applyRules, type RuleOutcome } from "./delivery-rules";
import { cacheKey, type EdgeCache } from "./edge-cache";
import type { RouteSettings } from "./front-door-settings";
import type { OriginClient } from "./origin-request";

/** How the same request is tried at the next origin. */
export interface RetrySettings {
  /** Off: as Front Door, one origin a request; only probes make it choose another. */
  enabled: boolean;
  /** An origin that lets a request wait this long is left for the next one. */
  tryNextAfterMs: number;
  /** Bodies up to this size are held back until they are whole, so that a break stays unseen. */
  bufferBytes: number;
}

/** A segment of the highest quality is about 2 MB. */
export const defaultRetry: RetrySettings = {
  enabled: true,
  tryNextAfterMs: 3_000,
  bufferBytes: 8 * 1024 * 1024,
};

/** Counts since the start, for the status. */
export interface EdgeCounters {
  requests: number;
  cacheHits: number;
  /** Requests that another origin answered than the first that was asked. */
  rescued: number;
  failed: number;
}

/** What requests are answered with. */
export interface EdgeDeps {
  log: Logger;
  cache: EdgeCache;
  client: OriginClient;
  retry: RetrySettings;
  counters: EdgeCounters;
  now: () => number;
}

/** One request on its way through an endpoint. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  route: RouteSettings;
  outcome: RuleOutcome;
  /** Where the answer is kept; `undefined` where nothing may be. */
  key: string | undefined;
  abort: AbortSignal;
}

/** Takes up a request: what the rules say of it, and under which key its answer is kept. */
export function openExchange(
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  route: RouteSettings,
): Exchange {
  const url = request.url ?? "/";
  const method = request.method ?? "GET";
  const clientAddress = request.socket.remoteAddress ?? "";
  const outcome = applyRules(
    route.rules,
    { method, url, headers: request.headers, clientAddress },
    route.cache,
  );
  const readsOnly = method === "GET" || method === "HEAD";
  const key =
    outcome.cache !== undefined && readsOnly
      ? cacheKey(route.name, url, outcome.cache.query)
      : undefined;
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort(new Error("the client went away"));
  });
  return { request, response, route, outcome, key, abort: gone.signal };
}
