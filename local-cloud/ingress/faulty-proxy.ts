import {
  Agent,
  createServer,
  type IncomingMessage,
  request as ask,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { loopback } from "../storage/port-book";
import type { NetworkFault } from "./network-fault";

/** What a {@link FaultyProxy} needs. */
export interface FaultyProxyOptions {
  servicePort: number;
  fault(): NetworkFault | undefined;
}

/** Headers that belong to one connection (RFC 9110, 7.6.1). */
const hopByHop: ReadonlySet<string> = new Set(["connection", "keep-alive", "transfer-encoding"]);

/** A reverse proxy that does to requests and answers what only who understands HTTP can do. */
export class FaultyProxy implements AsyncDisposable {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly server: Server;

  constructor(private readonly options: FaultyProxyOptions) {
    // Who comes through here keeps its connection longer than Node's 5 s.
    this.server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
      this.handle(request, response);
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(0, loopback, resolve);
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.agent.destroy();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const fault = this.options.fault();
    if (fault?.action === "fail" && isMeant(fault.paths, request.url ?? "/")) {
      request.resume();
      response
        .writeHead(fault.status, { "content-type": "text/plain; charset=utf-8" })
        .end("The ingress fails this request because it was asked to.\n");
      return;
    }
    this.handOn(request, response);
  }

  private handOn(request: IncomingMessage, response: ServerResponse): void {
    const { method, url, rawHeaders } = request;
    const outgoing = ask({
      host: loopback,
      port: this.options.servicePort,
      method,
      path: url,
      headers: endToEnd(rawHeaders),
      agent: this.agent,
    });
    outgoing.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, endToEnd(answer.rawHeaders));
      response.flushHeaders();
      this.passOn(answer, response);
    });
    outgoing.on("error", () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { "content-length": "0" }).end();
    });
    response.on("close", () => outgoing.destroy());
    request.pipe(outgoing);
  }

  /** Passes a body on, as far as it may go. */
  private passOn(answer: IncomingMessage, response: ServerResponse): void {
    let sent = 0;
    answer.on("data", (chunk: Buffer) => {
      const fault = this.options.fault();
      const left = fault?.action === "cut" ? Math.max(0, fault.afterBytes - sent) : Infinity;
      sent += chunk.length;
      if (chunk.length > left) {
        answer.destroy();
        if (left > 0) response.write(chunk.subarray(0, left));
        response.socket?.write("", () => response.socket?.resetAndDestroy());
      } else if (!response.write(chunk)) {
        answer.pause();
      }
    });
    response.on("drain", () => answer.resume());
    answer.on("end", () => response.end());
    answer.on("error", () => response.destroy());
  }
}

/** The headers of the message itself, as they were written. */
function endToEnd(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = "", value = ""] = [raw[index], raw[index + 1]];
    if (!hopByHop.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

/** Whether a path, as sent or decoded, fits the expression; without one every path does. */
function isMeant(paths: string | undefined, url: string): boolean {
  if (paths === undefined) return true;
  const expression = new RegExp(paths);
  const path = url.split("?")[0] ?? "/";
  return expression.test(path) || expression.test(decoded(path));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // encoded wrongly by who asked: compared as sent
  }
}
