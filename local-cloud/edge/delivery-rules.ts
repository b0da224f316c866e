import type { IncomingHttpHeaders } from "node:http";
import type { CacheSettings } from "./cache-settings";

/** A comparison of one part of a request. */
export interface DeliveryCondition {
  /** Such as `UrlPath`; the names are Front Door's own. */
  variable: string;
  operator: string;
  values: readonly string[];
  negate: boolean;
  transforms: readonly string[];
  /** The header, query parameter or cookie meant by some variables. */
  selector: string;
}

/** A header that a rule changes. */
export interface HeaderAction {
  target: "request" | "response";
  action: "append" | "overwrite" | "delete";
  name: string;
  value: string;
}

/** What happens to requests that meet every condition. */
export interface DeliveryRule {
  order: number;
  conditions: readonly DeliveryCondition[];
  /** `none` switches the route's caching off. */
  cache: CacheSettings | "none" | undefined;
  headers: readonly HeaderAction[];
  /** No later rule is looked at. */
  stops: boolean;
}

/** The parts of a request that conditions look at. */
export interface RuleRequest {
  method: string;
  /** Path and query, as sent. */
  url: string;
  headers: IncomingHttpHeaders;
  clientAddress: string;
}

/** What the rules come to for one request. */
export interface RuleOutcome {
  cache: CacheSettings | undefined;
  headers: readonly HeaderAction[];
}

/**
 * Applies rules in their order, the later over the earlier.
 *
 * @see https://learn.microsoft.com/azure/frontdoor/front-door-rules-engine
 */
export function applyRules(
  rules: readonly DeliveryRule[],
  request: RuleRequest,
  routeCache: CacheSettings | undefined,
): RuleOutcome {
  let cache = routeCache;
  const headers: HeaderAction[] = [];
  for (const rule of [...rules].sort((a, b) => a.order - b.order)) {
    if (!rule.conditions.every((condition) => meets(condition, request))) continue;
    if (rule.cache !== undefined) cache = rule.cache === "none" ? undefined : rule.cache;
    headers.push(...rule.headers);
    if (rule.stops) break;
  }
  return { cache, headers };
}

function meets(condition: DeliveryCondition, request: RuleRequest): boolean {
  const variable = transformed(valueOf(condition, request), condition.transforms);
  const operator = operators[condition.operator];
  if (operator === undefined) return false;
  const isPath = condition.variable === "UrlPath";
  const met =
    condition.operator === "Any"
      ? variable !== ""
      : condition.values.some((value) =>
          operator(
            variable,
            transformed(isPath ? withoutSlash(value) : value, condition.transforms),
          ),
        );
  return met !== condition.negate;
}

/** Front Door compares paths without their leading slash. */
function withoutSlash(path: string): string {
  return path.replace(/^\//, "");
}

function valueOf({ variable, selector }: DeliveryCondition, request: RuleRequest): string {
  const read = variables[variable];
  return read === undefined ? "" : read(request, selector);
}

const variables: Readonly<Record<string, (request: RuleRequest, selector: string) => string>> = {
  UrlPath: ({ url }) => withoutSlash(pathOf(url)),
  UrlFileName: ({ url }) => fileNameOf(url),
  UrlFileExtension: ({ url }) => /\.([^.]*)$/.exec(fileNameOf(url))?.[1] ?? "",
  QueryString: ({ url }) => url.split("?")[1] ?? "",
  RequestUri: ({ url, headers }) => `http://${headers.host ?? ""}${url}`,
  RequestMethod: ({ method }) => method,
  RequestScheme: () => "HTTP",
  RequestHeader: ({ headers }, selector) => String(headers[selector.toLowerCase()] ?? ""),
  HostName: ({ headers }) => headers.host ?? "",
  RemoteAddress: ({ clientAddress }) => clientAddress,
  SocketAddr: ({ clientAddress }) => clientAddress,
};

const operators: Readonly<Record<string, (variable: string, value: string) => boolean>> = {
  Any: (variable) => variable !== "",
  Equal: (variable, value) => variable === value,
  Contains: (variable, value) => variable.includes(value),
  BeginsWith: (variable, value) => variable.startsWith(value),
  EndsWith: (variable, value) => variable.endsWith(value),
  LessThan: (variable, value) => variable.length < Number(value),
  LessThanOrEqual: (variable, value) => variable.length <= Number(value),
  GreaterThan: (variable, value) => variable.length > Number(value),
  GreaterThanOrEqual: (variable, value) => variable.length >= Number(value),
  RegEx: (variable, value) => new RegExp(value).test(variable),
  Wildcard: (variable, value) => wildcard(value).test(variable),
  IPMatch: (variable, value) => variable === value,
};

/** The conditions and operators that the edge obeys; a declaration with others is told so. */
export const knownVariables: ReadonlySet<string> = new Set(Object.keys(variables));
/** The operators among them. */
export const knownOperators: ReadonlySet<string> = new Set(Object.keys(operators));

function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}$`);
}

const transformations: Readonly<Record<string, (text: string) => string>> = {
  Lowercase: (text) => text.toLowerCase(),
  Uppercase: (text) => text.toUpperCase(),
  Trim: (text) => text.trim(),
  UrlDecode: decoded,
  UrlEncode: (text) => encodeURIComponent(text),
  RemoveNulls: (text) => text.replaceAll("\0", ""),
};

/** The decoded text, or the text itself where it isn't encoded as it should be. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a client's mistake; conditions then compare what it sent
  }
}

function transformed(text: string, transforms: readonly string[]): string {
  return transforms.reduce((result, name) => transformations[name]?.(result) ?? result, text);
}

function pathOf(url: string): string {
  return url.split("?")[0] ?? "/";
}

function fileNameOf(url: string): string {
  return pathOf(url).split("/").pop() ?? "";
}
