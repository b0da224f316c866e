import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import type { Logger } from "pino";
import type { RuleOutcome } from "./delivery-rules";
import { cacheKey, type EdgeCache } from "./edge-cache";
import type { OriginClient } from "./origin-request";
import type { OpenRoute, RouteMatch } from "./route-table";
import type { RuleRequest } from "./rule-variables";
import type { SharedAnswers } from "./shared-answers";

/** How the same request is tried at the next origin. */
export interface RetrySettings {
  /** Off: as Front Door, one origin a request; only probes make it choose another. */
  enabled: boolean;
  /**
   * An origin that takes three times as long as of late, and at least this long, gets company: the
   * next one is asked too, and who is first answers.
   */
  patienceMs: number;
  /** The longest that patience grows to; without a sign of life the origin is given up then. */
  tryNextAfterMs: number;
  /** Bodies up to this size are held back until they are whole, so that a break stays unseen. */
  bufferBytes: number;
}

/** A segment of the highest quality is about 2 MB; players keep 8 s and more in hand. */
export const defaultRetry: RetrySettings = {
  enabled: true,
  patienceMs: 1_500,
  tryNextAfterMs: 3_000,
  bufferBytes: 8 * 1024 * 1024,
};

/** Counts since the start, for the status. */
export interface EdgeCounters {
  requests: number;
  cacheHits: number;
  /** Requests that were given the answer that another one was waiting for. */
  shared: number;
  /** Requests that another origin answered than the first that was asked. */
  rescued: number;
  /** Times that a slow origin got company. */
  hedged: number;
  failed: number;
}

/** What requests are answered with. */
export interface EdgeDeps {
  log: Logger;
  cache: EdgeCache;
  client: OriginClient;
  shared: SharedAnswers;
  retry: RetrySettings;
  counters: EdgeCounters;
  now: () => number;
}

/** One request on its way through an endpoint. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** The request as rules see it. */
  seen: RuleRequest;
  route: OpenRoute;
  prefix: string | undefined;
  outcome: RuleOutcome;
  /** Where the answer is kept; `undefined` where nothing may be. */
  key: string | undefined;
  body: Readable | Buffer | undefined;
}

/** Methods that may be asked twice without harm (RFC 9110, 9.2.1). */
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Longest part of a body that rules look at; Front Door looks at as much. */
const inspectedBytes = 64 * 1024;

/** Takes up a request: what the rules say of it, and under which key its answer is kept. */
export async function openExchange(
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  { route, prefix }: RouteMatch,
): Promise<Exchange> {
  const hasBody = !isSafe(request);
  const inspected = hasBody && route.rules.readBody ? await beginningOf(request) : undefined;
  const seen = ruleRequest(request, inspected?.text ?? "");
  const outcome = route.rules.apply(seen, route.settings.cache);
  return {
    request,
    response,
    seen,
    route,
    prefix,
    outcome,
    key: keyOf(request, route, outcome),
    body: hasBody ? (inspected?.whole ?? request) : undefined,
  };
}

/** Whether a request can be repeated. */
export function isSafe({ method = "GET" }: IncomingMessage): boolean {
  return safeMethods.has(method);
}

/** The method of a request as the client of origins takes it. */
export function methodOf({ method = "GET" }: IncomingMessage): Dispatcher.HttpMethod {
  return method;
}

function ruleRequest(request: IncomingMessage, body: string): RuleRequest {
  const { socket, url = "/", method = "GET", headers, httpVersion } = request;
  return {
    method,
    url,
    headers,
    httpVersion,
    clientAddress: socket.remoteAddress ?? "",
    clientPort: socket.remotePort ?? 0,
    serverPort: socket.localPort ?? 0,
    body,
  };
}

/** Answers to one client's authorization are nobody else's (RFC 9111, 3.5). */
function keyOf(
  { method, url = "/", headers }: IncomingMessage,
  { settings }: OpenRoute,
  { cache, groupId = "" }: RuleOutcome,
): string | undefined {
  const readsOnly = method === "GET" || method === "HEAD";
  if (cache === undefined || !readsOnly || headers.authorization !== undefined) return undefined;
  return cacheKey(`${settings.name} ${groupId}`, url, cache.query);
}

/** The beginning of a body, and all of it where it isn't longer. */
async function beginningOf(request: IncomingMessage): Promise<{ text: string; whole?: Buffer }> {
  const parts: Buffer[] = [];
  let size = 0;
  // The iterator would end the stream with the loop.
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    parts.push(part as Buffer);
    size += (part as Buffer).length;
    if (size > inspectedBytes) break;
  }
  const read = Buffer.concat(parts);
  const text = read.toString("latin1", 0, inspectedBytes);
  if (size <= inspectedBytes) return { text, whole: read };
  request.unshift(read);
  return { text };
}
