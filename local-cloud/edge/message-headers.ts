import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { HeaderAction } from "./delivery-rules";

/** Headers that belong to one connection, not to the message (RFC 9110, 7.6.1). */
const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Requests that only ask whether something changed. */
const conditionals = ["if-none-match", "if-modified-since", "if-match", "if-unmodified-since"];

function without(headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders {
  const dropped = new Set(names);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}

/**
 * The headers an origin gets. A request whose answer may be kept is sent without conditions, so that
 * there is something to keep.
 */
export function requestHeaders(
  request: IncomingMessage,
  options: { mayCache: boolean; actions: readonly HeaderAction[] },
): IncomingHttpHeaders {
  const { headers, socket, method } = request;
  const hasBody = method !== "GET" && method !== "HEAD";
  const passed = without(headers, [
    ...hopByHop,
    "expect",
    "host",
    ...(options.mayCache ? conditionals : []),
    ...(hasBody ? [] : ["content-length"]),
  ]);
  const client = socket.remoteAddress ?? "";
  const before = headers["x-forwarded-for"];
  return changed(
    {
      ...passed,
      "accept-encoding": "identity",
      "x-forwarded-for": before === undefined ? client : `${String(before)}, ${client}`,
      "x-forwarded-host": headers.host ?? "",
      "x-forwarded-proto": "http",
      via: "1.1 twinstream-edge",
    },
    options.actions.filter(({ target }) => target === "request"),
  );
}

/** The headers of an answer that are passed on. */
export function responseHeaders(
  headers: IncomingHttpHeaders,
  actions: readonly HeaderAction[],
): IncomingHttpHeaders {
  return changed(
    without(headers, [...hopByHop, "content-length"]),
    actions.filter(({ target }) => target === "response"),
  );
}

function changed(
  headers: IncomingHttpHeaders,
  actions: readonly HeaderAction[],
): IncomingHttpHeaders {
  return actions.reduce((result, { action, name, value }) => {
    const key = name.toLowerCase();
    if (action === "delete") return without(result, [key]);
    const present = result[key];
    const joined = present === undefined ? value : `${String(present)}${value}`;
    return { ...result, [key]: action === "append" ? joined : value };
  }, headers);
}
