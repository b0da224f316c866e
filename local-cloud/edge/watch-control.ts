import type { IncomingMessage, ServerResponse } from "node:http";
import { request as ask } from "undici";

/** Where the watch page finds what it may do to this machine's data centers. */
const PREFIX = "/watch/control/";
/** The page sends it; forms and foreign pages can't without being allowed to, and nobody allows them. */
const HEADER = "x-twinstream-control";
const MAX_BODY_BYTES = 16 * 1024;
/** Names of this machine alone: another name may point here and belong to somebody else's page. */
const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/**
 * Lets the watch page break and restore data centers through the port that it came from. Only a local
 * cloud's edge has this; on Azure the paths lead to nothing.
 */
export class WatchControl {
  /** @param controlUrl - Address of the control API, once it is known. */
  constructor(private readonly controlUrl: () => string) {}

  /** Whether a request is for the page's controls, and not for an origin. */
  covers({ url = "/" }: Pick<IncomingMessage, "url">): boolean {
    return url.startsWith(PREFIX);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOf(request);
    if (refusal !== undefined) {
      send(response, 403, { error: refusal });
      return;
    }
    const what = (request.url ?? "").slice(PREFIX.length);
    if (request.method === "GET" && what === "data-centers") return this.list(response);
    if (request.method === "POST" && what === "faults") return this.cause(request, response);
    send(response, 404, { error: `there is no control '${what}'` });
  }

  private async list(response: ServerResponse): Promise<void> {
    const answer = await ask(`${this.controlUrl()}/status`);
    const { dataCenters } = (await answer.body.json()) as { dataCenters: { name: string }[] };
    send(response, 200, { dataCenters: dataCenters.map(({ name }) => name) });
  }

  private async cause(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (body === undefined) {
      send(response, 413, { error: "a fault takes less than 16 KiB to say" });
      return;
    }
    const answer = await ask(`${this.controlUrl()}/faults`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    send(response, answer.statusCode, await answer.body.json());
  }
}

/** Why a request can't be the page's own; undefined when it is. */
function refusalOf({ headers }: IncomingMessage): string | undefined {
  const { host = "", origin } = headers;
  if (!LOOPBACK_HOST.test(host)) return "only this machine's own names lead here";
  if (origin !== undefined && origin !== `http://${host}`) return "only the watch page may ask";
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") return "only the watch page may ask";
  if (headers[HEADER] !== "1") return `the header ${HEADER} is missing`;
  return undefined;
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    if (sizeBytes > MAX_BODY_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, {
      "content-type": "application/json",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-edge": "twinstream",
    })
    .end(JSON.stringify(body));
}
