import { hostOf, pathOf, queryOf, type RuleRequest } from "./rule-variables";
import { withServerVariables } from "./server-variables";

/** Sends the client elsewhere. */
export interface UrlRedirect {
  status: 301 | 302 | 307 | 308;
  protocol: "http" | "https";
  /** Undefined parts stay as the client sent them. */
  host: string | undefined;
  path: string | undefined;
  query: string | undefined;
  fragment: string | undefined;
}

/** Asks the origin for another path. */
export interface UrlRewrite {
  /** Beginning of the path, after what the route's pattern matches. */
  source: string;
  destination: string;
  /** Whether what follows the source comes after the destination. */
  keepsRest: boolean;
}

/** How a request's path becomes the one that the origin is asked for. */
export interface PathMapping {
  /** What the route's pattern fits, up to its wildcard; undefined for a pattern without one. */
  prefix: string | undefined;
  /** Takes the prefix's place. */
  originPath: string;
  rewrite: UrlRewrite | undefined;
}

/** The address that a redirect names. */
export function redirectLocation(redirect: UrlRedirect, request: RuleRequest): string {
  const fill = (text: string): string => withServerVariables(text, request);
  // Without a host of its own it stays here, port and all.
  const host =
    redirect.host === undefined ? (request.headers.host ?? hostOf(request)) : fill(redirect.host);
  const path = redirect.path === undefined ? pathOf(request.url) : fill(redirect.path);
  const query = redirect.query === undefined ? queryOf(request.url) : fill(redirect.query);
  const fragment = redirect.fragment === undefined ? "" : `#${fill(redirect.fragment)}`;
  const search = query === "" ? "" : `?${query}`;
  return `${redirect.protocol}://${host}${path.startsWith("/") ? path : `/${path}`}${search}${fragment}`;
}

/**
 * Path and query to ask an origin for.
 *
 * @see https://learn.microsoft.com/azure/frontdoor/front-door-url-rewrite
 */
export function originUrl(request: RuleRequest, mapping: PathMapping): string {
  const { prefix, originPath, rewrite } = mapping;
  const { url } = request;
  if (originPath === "" && rewrite === undefined) return url;
  const path = pathOf(url);
  const search = url.slice(path.length);
  if (prefix === undefined) {
    const whole = originPath === "" ? path : originPath;
    return `${rewrite === undefined ? whole : rewritten(whole, rewrite, request)}${search}`;
  }
  const rest = `/${path.slice(prefix.length)}`;
  const changed = rewrite === undefined ? rest : rewritten(rest, rewrite, request);
  return `${joined(originPath === "" ? prefix : originPath, changed)}${search}`;
}

function rewritten(path: string, rewrite: UrlRewrite, request: RuleRequest): string {
  if (!path.toLowerCase().startsWith(rewrite.source.toLowerCase())) return path;
  const destination = withServerVariables(rewrite.destination, request);
  return rewrite.keepsRest ? joined(destination, path.slice(rewrite.source.length)) : destination;
}

function joined(start: string, rest: string): string {
  return `/${[start, rest].map((part) => part.replace(/^\/+/, "")).join("/")}`.replace(
    /\/{2,}/g,
    "/",
  );
}
