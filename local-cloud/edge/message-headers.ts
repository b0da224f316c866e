import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { HeaderAction } from "./delivery-rules";
import type { RuleRequest } from "./rule-variables";
import { withServerVariables } from "./server-variables";

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

/** The headers but for some. */
export function without(
  headers: IncomingHttpHeaders,
  names: readonly string[],
): IncomingHttpHeaders {
  const dropped = new Set(names);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}

/** The id of every Front Door of the local cloud. */
export const localFrontDoorId = "local";

/**
 * The headers an origin gets. A request whose answer may be kept is sent without conditions, so that
 * there is something to keep.
 */
export function requestHeaders(
  { headers, socket, method }: IncomingMessage,
  mayCache: boolean,
): IncomingHttpHeaders {
  const hasBody = method !== "GET" && method !== "HEAD";
  const passed = without(headers, [
    ...hopByHop,
    "expect",
    "host",
    ...(mayCache ? conditionals : []),
    ...(hasBody ? [] : ["content-length"]),
  ]);
  const client = socket.remoteAddress ?? "";
  const before = headers["x-forwarded-for"];
  return {
    ...passed,
    "accept-encoding": "identity",
    "x-forwarded-for": before === undefined ? client : `${String(before)}, ${client}`,
    "x-forwarded-host": headers.host ?? "",
    "x-forwarded-proto": "http",
    // In place of what a client may claim: by this an origin knows the edge.
    "x-azure-fdid": localFrontDoorId,
    via: "1.1 twinstream-edge",
  };
}

/** The headers of an answer that are passed on. */
export function endToEndHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return without(headers, [...hopByHop, "content-length"]);
}

/** Headers as rules change them. */
export function changedHeaders(
  headers: IncomingHttpHeaders,
  actions: readonly HeaderAction[],
  request: RuleRequest,
): IncomingHttpHeaders {
  return actions.reduce((result, { action, name, value }) => {
    const key = name.toLowerCase();
    if (action === "delete") return without(result, [key]);
    const filled = withServerVariables(value, request);
    const present = result[key];
    // Front Door puts nothing between the two.
    const joined = present === undefined ? filled : `${String(present)}${filled}`;
    return { ...result, [key]: action === "append" ? joined : filled };
  }, headers);
}

/** Names and values in turn, as they go out. */
export function flatHeaders(headers: IncomingHttpHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().flatMap((each) => [name, each]),
  );
}
