import type { Server, ServerResponse } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** How long a server may take to go. */
export interface DrainTimes {
  /** For which it goes on taking requests, so that those who send them learn that it goes. */
  readonly delaySeconds: number;
  /** For answers under way after that. */
  readonly graceSeconds: number;
}

/** An idle client has this long to notice that the connection ends. */
const IDLE_CLOSE_MS = 1_000;

/**
 * Ends an HTTP server without cutting an answer. Node's own `close` hangs up on clients as soon as their
 * answer is handed over, even if most of it has still to be sent; a slow player would lose its segment.
 */
export class HttpDrain {
  /** Answers under way, by connection. */
  private readonly answering = new Map<Socket, number>();
  private draining = false;

  constructor(private readonly server: Server) {
    server.on("connection", (socket: Socket) => {
      this.answering.set(socket, 0);
      socket.once("close", () => this.answering.delete(socket));
    });
    server.prependListener(
      "request",
      ({ socket }: { socket: Socket }, response: ServerResponse) => {
        // The next request shall go to another process.
        if (this.draining) response.shouldKeepAlive = false;
        this.count(socket, 1);
        response.once("close", () => {
          this.count(socket, -1);
          // What the system still has to send goes out before the client's own end closes the connection.
          if (this.draining && !this.server.listening && this.isIdle(socket)) socket.end();
        });
      },
    );
  }

  /** Whether the server is going: it should not be called ready any more. */
  get begun(): boolean {
    return this.draining;
  }

  /** Stops taking connections, waits for answers, and hangs up on who is left; returns how many those were. */
  async run({ delaySeconds, graceSeconds }: DrainTimes): Promise<number> {
    this.draining = true;
    if (!this.server.listening) return 0;
    await delay(delaySeconds * 1000);
    const deadline = performance.now() + graceSeconds * 1000;
    // The plain server's `close`: the HTTP server's would hang up on slow readers.
    const closed = new Promise<true>((resolve) =>
      NetServer.prototype.close.call(this.server, () => {
        resolve(true);
      }),
    );
    for (const socket of this.answering.keys()) if (this.isIdle(socket)) endIdle(socket);
    const late = delay(deadline - performance.now(), false, { ref: false });
    if (await Promise.race([closed, late])) return 0;
    const left = [...this.answering.keys()];
    for (const socket of left) socket.destroy();
    await closed;
    return left.length;
  }

  private count(socket: Socket, change: number): void {
    const now = this.answering.get(socket);
    if (now !== undefined) this.answering.set(socket, now + change);
  }

  private isIdle(socket: Socket): boolean {
    return this.answering.get(socket) === 0;
  }
}

function endIdle(socket: Socket): void {
  socket.end();
  setTimeout(() => socket.destroy(), IDLE_CLOSE_MS).unref();
}
