import { once } from "node:events";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { requestedRange } from "./byte-range";
import { type CachedResponse, lifetimeMs, maxCachedBodyBytes } from "./edge-cache";
import type { EdgeDeps, Exchange } from "./edge-exchange";
import { responseHeaders } from "./message-headers";
import type { OriginAnswer, OriginFailure } from "./origin-request";

/** Answers from the cache. */
export function sendCached(exchange: Exchange, cached: CachedResponse, now: number): void {
  const age = Math.floor((now - cached.storedAt) / 1000).toString();
  sendWhole(exchange, cached, { "x-cache": "TCP_HIT", age });
}

/** Passes an origin's answer on, and keeps it where that is allowed. */
export async function sendAnswer(
  deps: EdgeDeps,
  exchange: Exchange,
  found: OriginAnswer,
): Promise<void> {
  const keepMs = keepForMs(exchange, found);
  const kept = { headers: found.headers, origin: found.origin.name, storedAt: deps.now() };
  const keep = (body: Buffer): void => {
    if (exchange.key !== undefined && keepMs > 0) {
      deps.cache.put(exchange.key, { ...kept, body }, keepMs);
    }
  };
  if (found.rest === undefined && keepMs > 0) {
    keep(found.start);
    sendWhole(exchange, { ...kept, body: found.start }, { "x-cache": "TCP_MISS" });
  } else {
    await stream(exchange, found, keep);
  }
}

/** Only whole, successful answers without a client's own state are kept. */
function keepForMs({ key, outcome, request }: Exchange, found: OriginAnswer): number {
  const keepable =
    key !== undefined &&
    request.method === "GET" &&
    request.headers.range === undefined &&
    found.status === 200 &&
    found.headers["set-cookie"] === undefined;
  return keepable && outcome.cache !== undefined ? lifetimeMs(outcome.cache, found.headers) : 0;
}

async function stream(
  { request, response, outcome }: Exchange,
  found: OriginAnswer,
  keep: (body: Buffer) => void,
): Promise<void> {
  const length = found.headers["content-length"];
  response.writeHead(found.status, {
    ...responseHeaders(found.headers, outcome.headers),
    ...(length === undefined ? {} : { "content-length": length }),
    ...edgeHeaders(found.origin.name, {
      "x-cache": outcome.cache === undefined ? "CONFIG_NOCACHE" : "TCP_MISS",
    }),
  });
  if (request.method === "HEAD") {
    response.end();
    await found.rest?.return?.();
    return;
  }
  try {
    const whole = await passOn(found, response);
    response.end();
    if (whole !== undefined) keep(whole);
  } catch {
    // Part of the body is out: all that can be said now is that the rest won't come.
    response.destroy();
  }
}

/** Writes a body at the reader's pace; answers it whole if it isn't larger than what is cached. */
async function passOn(found: OriginAnswer, response: ServerResponse): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of bodyOf(found)) {
    size += part.length;
    if (size <= maxCachedBodyBytes) parts.push(part);
    else parts.length = 0;
    if (!response.write(part)) await writable(response);
  }
  return size <= maxCachedBodyBytes ? Buffer.concat(parts) : undefined;
}

async function* bodyOf({ start, rest }: OriginAnswer): AsyncGenerator<Buffer> {
  if (start.length > 0) yield start;
  if (rest === undefined) return;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    yield next.value;
  }
}

async function writable(response: ServerResponse): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(response, "drain", { signal }), once(response, "close", { signal })]);
  } finally {
    settled.abort();
  }
}

/** Answers from a whole body: the range or the 304 that was asked for, or all of it. */
function sendWhole(
  { request, response, outcome }: Exchange,
  whole: CachedResponse,
  verdict: IncomingHttpHeaders,
): void {
  const headers = {
    ...responseHeaders(whole.headers, outcome.headers),
    "accept-ranges": "bytes",
    ...edgeHeaders(whole.origin, verdict),
  };
  const { etag } = whole.headers;
  if (etag !== undefined && request.headers["if-none-match"] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const size = whole.body.length;
  const range = requestedRange(request.headers.range, size);
  if (range === "unsatisfiable") {
    response.writeHead(416, { "content-range": `bytes */${size.toString()}` }).end();
    return;
  }
  const body = range === undefined ? whole.body : whole.body.subarray(range.first, range.last + 1);
  response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    "content-length": body.length,
    ...(range && {
      "content-range": `bytes ${range.first.toString()}-${range.last.toString()}/${size.toString()}`,
    }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

function edgeHeaders(origin: string, verdict: IncomingHttpHeaders): IncomingHttpHeaders {
  return { "x-edge": "twinstream", "x-edge-origin": origin, ...verdict };
}

/** Says that, and why, no origin answered. */
export function sendFailure({ response }: Exchange, failure: OriginFailure | undefined): void {
  const status = failure?.kind === "time-out" ? 504 : 502;
  const text = failure?.message ?? "the route's origin group has no origin";
  response
    .writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-edge": "twinstream",
    })
    .end(`No origin could answer: ${text}\n`);
}
