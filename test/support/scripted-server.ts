import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that arrived, read whole. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query, decoded. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What is answered; `drop` cuts the connection after the request was read. */
export type ScriptedAnswer =
  | "drop"
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

/** An HTTP server that answers as a test says, and keeps what it was asked. */
export class ScriptedServer implements AsyncDisposable {
  readonly seen: SeenRequest[] = [];
  private readonly server = createServer((request, response) => {
    void this.answer(request, response);
  });

  private constructor(private readonly script: (request: SeenRequest) => ScriptedAnswer) {}

  static async start(script: (request: SeenRequest) => ScriptedAnswer): Promise<ScriptedServer> {
    const scripted = new ScriptedServer(script);
    await new Promise<void>((resolve) => scripted.server.listen(0, "127.0.0.1", resolve));
    return scripted;
  }

  /** Without a slash at its end. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const seen = {
      method: request.method ?? "",
      url: decodeURIComponent(request.url ?? ""),
      headers: request.headers,
      body,
    };
    this.seen.push(seen);
    const answer = this.script(seen);
    if (answer === "drop") {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }
}

/** A verbose JSON body. */
export function verbose(d: unknown): string {
  return JSON.stringify({ d });
}
