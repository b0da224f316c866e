import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { requestedRange } from "./byte-range";
import { acceptedEncoding } from "./compression";
import type { Representation, WholeResponse } from "./edge-cache";
import type { Exchange } from "./edge-exchange";
import { changedHeaders, endToEndHeaders, flatHeaders } from "./message-headers";
import type { OriginAnswer, OriginFailure } from "./origin-request";
import { redirectLocation, type UrlRedirect } from "./url-actions";
import { inEncoding, namesTag } from "./whole-response";

/** Passes an origin's answer on to one client, at its pace. */
export async function stream(exchange: Exchange, found: OriginAnswer): Promise<void> {
  const { request, response, outcome, seen } = exchange;
  const length = found.headers["content-length"];
  const headers = changedHeaders(endToEndHeaders(found.headers), outcome.responseHeaders, seen);
  response.writeHead(found.status, [
    ...flatHeaders(headers),
    ...(length === undefined ? [] : ["content-length", length]),
    ...edgeHeaders(found.origin.name, outcome.cache === undefined ? "CONFIG_NOCACHE" : "TCP_MISS"),
  ]);
  if (request.method === "HEAD") {
    response.end();
    found.cancel();
    return;
  }
  response.once("close", () => {
    found.cancel();
  });
  try {
    await passOn(found, response);
    response.end();
  } catch {
    // Part of the body is out: all that can be said now is that the rest won't come.
    response.destroy();
  }
}

async function passOn({ start, rest }: OriginAnswer, response: ServerResponse): Promise<void> {
  if (start.length > 0 && !response.write(start)) await writable(response);
  if (rest === undefined) return;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    if (!response.write(next.value)) await writable(response);
  }
}

async function writable(response: ServerResponse): Promise<void> {
  if (response.destroyed) throw new Error("the client went away");
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(response, "drain", { signal }), once(response, "close", { signal })]);
  } finally {
    settled.abort();
  }
}

/** Answers from a whole body: the range, the encoding or the 304 that was asked for, or all of it. */
export async function sendWhole(
  exchange: Exchange,
  whole: WholeResponse,
  said: { verdict: "TCP_HIT" | "TCP_MISS"; now: number },
): Promise<void> {
  const { request } = exchange;
  const isRange = request.headers.range !== undefined && whole.status === 200;
  // Offsets are into the plain bytes.
  const encoding =
    whole.compressible && !isRange
      ? acceptedEncoding(request.headers["accept-encoding"])
      : undefined;
  const form = encoding === undefined ? whole.plain : await inEncoding(whole, encoding);
  const headers = wholeHeaders(exchange, form);
  headers.push("x-edge", "twinstream", "x-edge-origin", whole.origin, "x-cache", said.verdict);
  if (said.verdict === "TCP_HIT") {
    headers.push("age", Math.max(0, Math.floor((said.now - whole.storedAt) / 1000)).toString());
  }
  if (namesTag(request.headers["if-none-match"], form.headers.etag)) {
    exchange.response.writeHead(304, headers).end();
  } else if (isRange) {
    sendRange(exchange, form.body, headers);
  } else {
    headers.push("content-length", form.body.length.toString());
    exchange.response.writeHead(whole.status, headers);
    exchange.response.end(request.method === "HEAD" ? undefined : form.body);
  }
}

/** A copy that can be added to; where no rule changes anything, of what was made once. */
function wholeHeaders({ outcome, seen }: Exchange, form: Representation): string[] {
  const actions = outcome.responseHeaders;
  const headers =
    actions.length === 0
      ? form.rawHeaders.slice()
      : flatHeaders(changedHeaders(form.headers, actions, seen));
  if (form.headers["content-encoding"] === undefined) headers.push("accept-ranges", "bytes");
  return headers;
}

function sendRange({ request, response }: Exchange, body: Buffer, headers: string[]): void {
  const size = body.length;
  const range = requestedRange(request.headers.range, size);
  if (range === "unsatisfiable") {
    response.writeHead(416, { "content-range": `bytes */${size.toString()}` }).end();
    return;
  }
  const part = range === undefined ? body : body.subarray(range.first, range.last + 1);
  if (range !== undefined) {
    const { first, last } = range;
    headers.push(
      "content-range",
      `bytes ${first.toString()}-${last.toString()}/${size.toString()}`,
    );
  }
  headers.push("content-length", part.length.toString());
  response.writeHead(range === undefined ? 200 : 206, headers);
  response.end(request.method === "HEAD" ? undefined : part);
}

function edgeHeaders(origin: string, verdict: string): string[] {
  return ["x-edge", "twinstream", "x-edge-origin", origin, "x-cache", verdict];
}

/** Sends the client where a rule says. */
export function sendRedirect({ request, response, seen }: Exchange, redirect: UrlRedirect): void {
  request.resume();
  response
    .writeHead(redirect.status, {
      location: redirectLocation(redirect, seen),
      "content-length": 0,
      "x-edge": "twinstream",
    })
    .end();
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
