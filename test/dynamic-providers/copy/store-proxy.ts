import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A request on its way to the store. */
export interface ProxiedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  body: Buffer;
}

/** An answer on its way back. */
export interface ProxiedAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What a test does to the traffic. */
export interface ProxyRules {
  /** Answers in the store's place, changes the request, or only looks at it. */
  before?(request: ProxiedRequest): ProxiedAnswer | undefined | Promise<ProxiedAnswer | undefined>;
  /** Sees what the store answered, and may change it. */
  after?(request: ProxiedRequest, answer: ProxiedAnswer): void | Promise<void>;
}

/** A store as seen through a proxy. */
export interface StoreProxy extends AsyncDisposable {
  /** The same URL, but through the proxy. */
  through(url: string): string;
  /** Waits until no request is under way. */
  idle(): Promise<void>;
}

/** Starts a proxy in front of the store that has this URL. */
export async function startStoreProxy(storeUrl: string, rules: ProxyRules): Promise<StoreProxy> {
  const { hostname, port } = new URL(storeUrl);
  const underWay = new Set<Promise<void>>();
  const server = createServer((incoming, outgoing) => {
    const work = relay(incoming, { hostname, port, rules }).then(
      (answer) => {
        outgoing.writeHead(answer.status, withoutFraming(answer.headers, answer.body.length));
        outgoing.end(incoming.method === "HEAD" ? undefined : answer.body);
      },
      () => {
        outgoing.destroy();
      },
    );
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    through: (url) => url.replace(`${hostname}:${port}`, address),
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function relay(
  incoming: IncomingMessage,
  { hostname, port, rules }: { hostname: string; port: string; rules: ProxyRules },
): Promise<ProxiedAnswer> {
  const proxied: ProxiedRequest = {
    method: incoming.method ?? "GET",
    url: new URL(incoming.url ?? "/", `http://${hostname}:${port}`),
    headers: incoming.headers,
    body: await buffer(incoming),
  };
  const instead = await rules.before?.(proxied);
  if (instead !== undefined) return instead;
  const answer = await forward(proxied, incoming.url ?? "/");
  await rules.after?.(proxied, answer);
  return answer;
}

function forward(
  { method, url, headers, body }: ProxiedRequest,
  path: string,
): Promise<ProxiedAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: url.hostname,
        port: url.port,
        method,
        path,
        headers: { ...withoutFraming(headers, body.length), host: url.host },
      },
      (response) => {
        buffer(response).then((answered) => {
          resolve({
            status: response.statusCode ?? 500,
            headers: response.headers,
            body: answered,
          });
        }, reject);
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function withoutFraming(headers: IncomingHttpHeaders, length: number): IncomingHttpHeaders {
  const rest = { ...headers };
  delete rest["transfer-encoding"];
  delete rest.connection;
  // The answer to a HEAD tells a length that it does not have.
  return length === 0 ? rest : { ...rest, "content-length": length.toString() };
}

/** Whether a request stages a block. */
export function isPutBlock({ method, url }: ProxiedRequest): boolean {
  return method === "PUT" && url.searchParams.get("comp") === "block";
}

/** Whether a request commits blocks. */
export function isCommit({ method, url }: ProxiedRequest): boolean {
  return method === "PUT" && url.searchParams.get("comp") === "blocklist";
}

/** Whether a request asks the store to copy. */
export function isStartCopy({ method, headers }: ProxiedRequest): boolean {
  return method === "PUT" && headers["x-ms-copy-source"] !== undefined;
}

/** Whether a request aborts a copy. */
export function isAbortCopy({ method, url }: ProxiedRequest): boolean {
  return method === "PUT" && url.searchParams.get("comp") === "copy";
}

/** An error as a store answers it. */
export function storeError(status: number, code: string): ProxiedAnswer {
  return {
    status,
    headers: { "x-ms-error-code": code, "content-type": "application/xml" },
    body: Buffer.from(
      `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${code} says the test</Message></Error>`,
    ),
  };
}
