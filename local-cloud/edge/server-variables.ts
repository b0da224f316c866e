import { firstClient, hostOf, pathOf, queryOf, type RuleRequest } from "./rule-variables";

const variables: Readonly<Record<string, (request: RuleRequest) => string>> = {
  socket_ip: ({ clientAddress }) => clientAddress,
  client_ip: firstClient,
  client_port: ({ clientPort }) => clientPort.toString(),
  hostname: hostOf,
  // Nobody knows where a laptop stands.
  geo_country: () => "",
  http_method: ({ method }) => method,
  http_version: ({ httpVersion }) => httpVersion,
  query_string: ({ url }) => queryOf(url),
  request_scheme: () => "http",
  request_uri: ({ url, headers }) => `http://${headers.host ?? ""}${url}`,
  ssl_protocol: () => "",
  server_port: ({ serverPort }) => serverPort.toString(),
  url_path: ({ url }) => pathOf(url).replace(/^\//, ""),
};

/**
 * Fills in what rules write as `{variable}`, `{variable:offset}` or `{variable:offset:length}`; other
 * braces stay.
 *
 * @see https://learn.microsoft.com/azure/frontdoor/rule-set-server-variables
 */
export function withServerVariables(text: string, request: RuleRequest): string {
  if (!text.includes("{")) return text;
  return text.replace(
    /\{(\w+)(?::(-?\d+))?(?::(-?\d+))?\}/g,
    (whole, name: string, ...range: (string | undefined)[]) => {
      const read = variables[name];
      return read === undefined ? whole : partOf(read(request), range[0], range[1]);
    },
  );
}

/** Negative numbers count from the end. */
function partOf(text: string, offset: string | undefined, length: string | undefined): string {
  const start = Number(offset ?? 0);
  const from = start < 0 ? Math.max(0, text.length + start) : start;
  if (length === undefined) return text.slice(from);
  const count = Number(length);
  return text.slice(from, count < 0 ? text.length + count : from + count);
}
