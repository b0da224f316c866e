import type { IncomingHttpHeaders } from "node:http";

/** The parts of a request that conditions look at. */
export interface RuleRequest {
  method: string;
  /** Path and query, as sent. */
  url: string;
  headers: IncomingHttpHeaders;
  httpVersion: string;
  clientAddress: string;
  clientPort: number;
  serverPort: number;
  /** The beginning of the body; read only for rules that look at it. */
  body: string;
}

/** Reads one part of a request; the selector names a header, parameter or cookie. */
export type RuleVariable = (request: RuleRequest, selector: string) => string;

/** Path of a URL without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}

/** Query of a URL without its question mark. */
export function queryOf(url: string): string {
  const query = url.indexOf("?");
  return query < 0 ? "" : url.slice(query + 1);
}

/** The host of a request without its port. */
export function hostOf({ headers }: Pick<RuleRequest, "headers">): string {
  return (headers.host ?? "").replace(/:\d+$/, "");
}

/** Who sent the request first, as far as proxies before the edge said. */
export function firstClient({
  headers,
  clientAddress,
}: Pick<RuleRequest, "headers" | "clientAddress">): string {
  const [first = ""] = String(headers["x-forwarded-for"] ?? "").split(",");
  return first.trim() === "" ? clientAddress : first.trim();
}

/**
 * The match variables by Front Door's names.
 *
 * @see https://learn.microsoft.com/azure/frontdoor/rules-match-conditions
 */
export const ruleVariables: Readonly<Record<string, RuleVariable>> = {
  // Front Door compares paths without their leading slash.
  UrlPath: ({ url }) => pathOf(url).replace(/^\//, ""),
  UrlFileName: ({ url }) => fileNameOf(url),
  UrlFileExtension: ({ url }) => /\.([^.]*)$/.exec(fileNameOf(url))?.[1] ?? "",
  QueryString: ({ url }) => queryOf(url),
  RequestUri: ({ url, headers }) => `http://${headers.host ?? ""}${url}`,
  RequestMethod: ({ method }) => method,
  RequestScheme: () => "HTTP",
  RequestHeader: ({ headers }, selector) => String(headers[selector.toLowerCase()] ?? ""),
  RequestBody: ({ body }) => body,
  PostArgs: ({ body }, selector) => new URLSearchParams(body).get(selector) ?? "",
  Cookies: ({ headers }, selector) => cookie(headers.cookie ?? "", selector),
  HostName: hostOf,
  HttpVersion: ({ httpVersion }) => httpVersion,
  IsDevice: ({ headers }) =>
    /mobi|android|iphone|ipad/i.test(headers["user-agent"] ?? "") ? "Mobile" : "Desktop",
  RemoteAddress: firstClient,
  SocketAddr: ({ clientAddress }) => clientAddress,
  ClientPort: ({ clientPort }) => clientPort.toString(),
  ServerPort: ({ serverPort }) => serverPort.toString(),
  // Nothing on this machine speaks TLS.
  SslProtocol: () => "",
};

/** Variables for which the body has to be read before anything is decided. */
export const bodyVariables: ReadonlySet<string> = new Set(["RequestBody", "PostArgs"]);

function fileNameOf(url: string): string {
  return pathOf(url).split("/").pop() ?? "";
}

function cookie(header: string, name: string): string {
  const pair = header
    .split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`));
  return pair === undefined ? "" : pair.slice(name.length + 1);
}
