import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { Agent, type Dispatcher, errors } from "undici";
import type { OriginSettings } from "./front-door-settings";

/** An origin that could not be asked, or broke off; another one may do better. */
export class OriginFailure extends Error {
  constructor(
    readonly kind: "connection" | "time-out" | "broken-off",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "OriginFailure";
  }
}

/** What to ask an origin. */
export interface OriginRequest {
  origin: OriginSettings;
  method: Dispatcher.HttpMethod;
  path: string;
  headers: IncomingHttpHeaders;
  body?: Readable | Buffer;
  /** Ends it, the reading of its body included. */
  abort: AbortController;
  /** Longest wait for headers, and between two parts of the body. */
  timeoutMs: number;
  /** Bodies up to this size are read to their end before the answer is given. */
  bufferBytes: number;
}

/** What an origin answered: its body whole, or the rest of it still to come. */
export interface OriginAnswer {
  origin: OriginSettings;
  status: number;
  headers: IncomingHttpHeaders;
  start: Buffer;
  rest: AsyncIterator<Buffer> | undefined;
  /** Lets go of a body that nobody reads on. */
  cancel(): void;
}

const connectTimeoutMs = 3_000;
const maxConnectionsPerOrigin = 256;

/** Connections to origins, kept alive between requests. */
export class OriginClient implements AsyncDisposable {
  private readonly agent = new Agent({
    connect: { timeout: connectTimeoutMs },
    connections: maxConnectionsPerOrigin,
    pipelining: 1,
  });

  /** @throws OriginFailure when there is no answer, or it breaks off while it is read. */
  async ask(request: OriginRequest): Promise<OriginAnswer> {
    try {
      const response = await this.agent.request({
        // Nothing on this machine speaks TLS: https is declared for Azure, and spoken in clear here.
        origin: `http://${request.origin.host}`,
        path: request.path,
        method: request.method,
        headers: { ...request.headers, host: request.origin.hostHeader },
        body: request.body ?? null,
        signal: request.abort.signal,
        headersTimeout: request.timeoutMs,
        bodyTimeout: request.timeoutMs,
      });
      const { start, rest } = await readUpTo(response.body, request.bufferBytes);
      const { statusCode: status, headers } = response;
      const cancel = (): void => {
        request.abort.abort(new Error("nobody reads on"));
      };
      return { origin: request.origin, status, headers, start, rest, cancel };
    } catch (error) {
      throw failureOf(error, request.origin.name);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent.destroy();
  }
}

async function readUpTo(
  body: AsyncIterable<Buffer>,
  bytes: number,
): Promise<Pick<OriginAnswer, "start" | "rest">> {
  const iterator = body[Symbol.asyncIterator]();
  const parts: Buffer[] = [];
  let size = 0;
  while (size <= bytes && bytes > 0) {
    const next = await iterator.next();
    if (next.done === true) return { start: Buffer.concat(parts), rest: undefined };
    parts.push(next.value);
    size += next.value.length;
  }
  return { start: Buffer.concat(parts), rest: iterator };
}

/** What an error of the connection means for the request. */
export function failureOf(error: unknown, origin: string): OriginFailure {
  const message = `${origin}: ${error instanceof Error ? error.message : String(error)}`;
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return new OriginFailure("time-out", message, { cause: error });
  }
  const code = (error as { code?: unknown }).code;
  const neverConnected =
    error instanceof errors.ConnectTimeoutError ||
    ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND"].includes(String(code));
  return new OriginFailure(neverConnected ? "connection" : "broken-off", message, { cause: error });
}
