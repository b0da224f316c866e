import { connect, type Socket } from "node:net";
import { loopback } from "../storage/port-book";
import { DelayLine } from "./delay-line";
import type { NetworkFault } from "./network-fault";

/** Where a {@link Relay} leads, and what is wrong on the way; both may change at any time. */
export interface RelayRoute {
  fault(): NetworkFault | undefined;
  /** Port on loopback to which a request goes that begins now. */
  port(): number;
  /** Port of the service itself. */
  servicePort: number;
}

/** A part of an answer, or its end: the connection closes, or breaks. */
type Part = Buffer | "end" | "break";

/** More than this is not held in memory on either way. */
const maxHeldBytes = 8 * 1024 * 1024;

/**
 * One client's connection, joined byte for byte to the service. It looks at the bytes no further than
 * to know whether an answer is outstanding: between two requests it can go over to another port.
 */
export class Relay implements Disposable {
  private service: Socket | undefined;
  private servicePort = 0;
  /** A request was sent, and no byte of its answer came yet. */
  private outstanding = false;
  private readonly waiting: Buffer[] = [];
  private clientEnded = false;
  /** The connection to the service is gone, and the client's goes with it. */
  private over = false;
  /** What an answer that was under way when bodies began to be cut may still bring. */
  private bytesLeft = Infinity;
  private readonly answers: DelayLine<Part>;

  constructor(
    private readonly client: Socket,
    private readonly route: RelayRoute,
  ) {
    this.answers = new DelayLine<Part>({
      delayMs: () => this.delayMs(),
      deliver: (part) => {
        this.deliver(part);
      },
    });
    client.on("data", (chunk: Buffer) => {
      this.waiting.push(chunk);
      this.forward();
    });
    client.on("end", () => {
      this.clientEnded = true;
      // Who ends before anything got through has given up; nobody would read an answer.
      if (this.isHanging()) client.destroy();
      else this.forward();
    });
    client.on("drain", () => {
      this.regulate();
    });
    client.on("error", () => client.destroy());
    client.on("close", () => {
      this[Symbol.dispose]();
    });
  }

  /** Takes up a fault that began or ended. */
  faultChanged(): void {
    const fault = this.route.fault();
    this.bytesLeft =
      fault?.action === "cut" && this.servicePort === this.route.servicePort
        ? fault.afterBytes
        : Infinity;
    this.answers.advance();
    this.forward();
    this.regulate();
  }

  [Symbol.dispose](): void {
    this.answers.clear();
    this.service?.destroy();
    this.client.destroy();
  }

  private isHanging(): boolean {
    return this.route.fault()?.action === "hang";
  }

  private delayMs(): number {
    if (this.isHanging()) return Infinity;
    const fault = this.route.fault();
    return fault?.action === "slow" ? fault.latencyMs : 0;
  }

  /** Hands on what the client sent, unless nothing gets through. */
  private forward(): void {
    if (this.over) this.waiting.length = 0;
    else if (this.isHanging()) {
      // Read on, or the client's going away would stay unseen.
      if (sizeOf(this.waiting) > maxHeldBytes) this.client.pause();
    } else {
      this.send();
    }
  }

  private send(): void {
    for (const chunk of this.waiting.splice(0)) {
      const service = this.serviceFor();
      this.outstanding = true;
      if (service.write(chunk)) this.client.resume();
      else this.client.pause();
    }
    if (!this.clientEnded) return;
    if (this.service === undefined) this.client.end();
    else this.service.end();
  }

  /** The connection that a request takes; a new one where the way has changed since the last. */
  private serviceFor(): Socket {
    const port = this.route.port();
    const isBetweenRequests = !this.outstanding && this.answers.isEmpty;
    if (this.service !== undefined && (port === this.servicePort || !isBetweenRequests)) {
      return this.service;
    }
    this.service?.destroy();
    this.servicePort = port;
    this.bytesLeft = Infinity;
    this.service = this.connect(port);
    return this.service;
  }

  private connect(port: number): Socket {
    const socket = connect({ host: loopback, port, noDelay: true, allowHalfOpen: true });
    const isCurrent = (): boolean => this.service === socket;
    socket.on("data", (chunk: Buffer) => {
      if (isCurrent()) this.take(chunk);
    });
    socket.on("drain", () => {
      if (isCurrent()) this.client.resume();
    });
    socket.on("end", () => {
      if (isCurrent()) this.serviceEnded(badGateway, "end");
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      const refused = error.code === "ECONNREFUSED";
      if (isCurrent()) this.serviceEnded(refused ? unavailable : badGateway, "break");
    });
    return socket;
  }

  private take(chunk: Buffer): void {
    if (!isInterim(chunk)) this.outstanding = false;
    const part = chunk.length > this.bytesLeft ? chunk.subarray(0, this.bytesLeft) : chunk;
    this.bytesLeft -= part.length;
    this.answers.push(part, part.length);
    if (part.length < chunk.length) this.answers.push("break", 0);
    this.regulate();
  }

  /** A request that got no byte of an answer is told so; otherwise the client sees what happened. */
  private serviceEnded(verdict: Buffer, as: "end" | "break"): void {
    this.over = true;
    if (this.outstanding) {
      this.answers.push(verdict, verdict.length);
      this.answers.push("end", 0);
    } else {
      this.answers.push(as, 0);
    }
  }

  private deliver(part: Part): void {
    if (part === "end") this.client.end();
    else if (part === "break") this.client.write("", () => this.client.resetAndDestroy());
    else this.client.write(part);
    this.regulate();
  }

  /** Reads from the service at the client's pace. */
  private regulate(): void {
    const isBehind = this.client.writableNeedDrain || this.answers.sizeBytes > maxHeldBytes;
    if (isBehind) this.service?.pause();
    else this.service?.resume();
  }
}

/** Whether these bytes are no answer yet, but an interim one such as 100 Continue (RFC 9110, 15.2). */
function isInterim(chunk: Buffer): boolean {
  return chunk.length < 512 && chunk.toString("latin1", 0, 10) === "HTTP/1.1 1";
}

function sizeOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0);
}

/** Without a body, since the request may have been a HEAD. */
function verdict(status: string): Buffer {
  return Buffer.from(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
}

/** Nobody listens, so the request was not begun and may be sent again. */
const unavailable = verdict("503 Service Unavailable");
/** The service went away with the request; whether it was carried out nobody knows. */
const badGateway = verdict("502 Bad Gateway");
