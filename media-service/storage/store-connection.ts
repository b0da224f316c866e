import { connect as connectPlainly, type OnReadOpts, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectSecurely } from "node:tls";
import { parseAnswerHead } from "./answer-head";

/** A part of a blob to ask a store for. */
export interface PartRequest {
  /** The whole request, with the empty line at its end. */
  readonly text: string;
  readonly sizeBytes: number;
  readonly signal: AbortSignal | undefined;
  /** Given the bytes in order, as they arrive. */
  readonly take: (piece: Buffer) => void;
}

/** Where a store listens. */
export interface StoreSocketOptions {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** The host as TLS asks for it. */
  readonly servername: string;
  /** Of TLS, from an earlier connection. */
  readonly session?: Buffer;
}

/** An answer that is being read. */
interface Reading {
  readonly request: PartRequest;
  /** Told how many bytes were given. */
  readonly end: (given: number) => void;
  /** Where the next bytes stay; undefined until the head has been read. */
  chunk: Buffer | undefined;
  /** Of the chunk. */
  filled: number;
  /** Of the chunk, too. */
  passed: number;
  /** Of the whole part. */
  given: number;
}

/** A head, and a small part with it, is read at once. */
const FIRST_READ_BYTES = 64 * 1024;
/** Memory of one size is found again by who needs some next; whole parts would leave gaps between them. */
const CHUNK_BYTES = 256 * 1024;
const HEAD_END = "\r\n\r\n";
const PARTIAL_CONTENT = 206;

/**
 * A connection to a store, for one request at a time. The system writes a part to where it stays: no
 * piece is copied, and none is an event of a stream. Only a plain success is understood; after anything
 * else the connection is closed, and whoever asked gets fewer bytes than they asked for.
 */
export class StoreConnection {
  /** Whether it can be asked again. */
  isOpen = true;
  private readonly socket: Socket;
  private readonly first = Buffer.allocUnsafeSlow(FIRST_READ_BYTES);
  private headBytes = 0;
  private reading: Reading | undefined;
  /** What has arrived is given. */
  private readonly hangUp = (): void => {
    this.isOpen = false;
    this.socket.destroy();
    const { reading } = this;
    if (!reading) return;
    give(reading);
    this.end(reading);
  };

  /** @param silenceMs - A store that says nothing for so long is hung up on, asked or not. */
  constructor(
    { secure, ...options }: StoreSocketOptions,
    { silenceMs, closed }: { readonly silenceMs: number; readonly closed: () => void },
  ) {
    // The types leave out that TLS reads into buffers, too.
    const connecting: ConnectionOptions & { host: string; port: number; onread: OnReadOpts } = {
      ...options,
      onread: {
        buffer: () => this.space(),
        callback: (count) => {
          this.arrived(count);
          return true;
        },
      },
    };
    this.socket = secure ? connectSecurely(connecting) : connectPlainly(connecting);
    this.socket.setNoDelay(true).setTimeout(silenceMs);
    // What went wrong is not told apart: the SDK will meet the same, and name it.
    for (const event of ["timeout", "error", "end", "close"]) this.socket.on(event, this.hangUp);
    this.socket.once("close", closed);
  }

  /** Tells what makes the greeting of another connection cheap, where there is TLS. */
  onSession(take: (session: Buffer) => void): void {
    this.socket.on("session", take);
  }

  /** Reads a part. @returns how many bytes were given: all, or as many as could be had. */
  read(request: PartRequest): Promise<number> {
    return new Promise((resolve) => {
      this.headBytes = 0;
      this.reading = { request, end: resolve, chunk: undefined, filled: 0, passed: 0, given: 0 };
      this.socket.ref().write(request.text, "latin1");
      request.signal?.addEventListener("abort", this.hangUp);
      if (request.signal?.aborted === true) this.hangUp();
    });
  }

  private end({ request, given, end }: Reading): void {
    this.reading = undefined;
    request.signal?.removeEventListener("abort", this.hangUp);
    this.socket.unref();
    end(given);
  }

  /** Where the next bytes are written to. */
  private space(): Buffer {
    const { chunk, filled = 0 } = this.reading ?? {};
    return chunk ? chunk.subarray(filled) : this.first.subarray(this.headBytes);
  }

  private arrived(count: number): void {
    const { reading } = this;
    // Nobody asked.
    if (!reading) this.hangUp();
    else if (reading.chunk) this.grow(reading, count);
    else this.readHead(reading, (this.headBytes += count));
  }

  private readHead(reading: Reading, count: number): void {
    const end = this.first.subarray(0, count).indexOf(HEAD_END);
    if (end < 0) {
      if (count === FIRST_READ_BYTES) this.hangUp();
      return;
    }
    const bodyStart = end + HEAD_END.length;
    const head = parseAnswerHead(this.first.toString("latin1", 0, bodyStart));
    if (head?.status !== PARTIAL_CONTENT || head.sizeBytes !== reading.request.sizeBytes) {
      this.hangUp();
      return;
    }
    this.headBytes = 0;
    reading.chunk = nextChunk(reading);
    const copied = this.first.copy(reading.chunk, 0, bodyStart, count);
    // More than was announced belongs to nobody.
    this.isOpen = head.staysOpen && count - bodyStart === copied;
    this.grow(reading, copied);
  }

  private grow(reading: Reading, count: number): void {
    reading.filled += count;
    const { chunk, filled, passed, given, request } = reading;
    const isFull = filled === chunk?.length;
    // Twice as much each time: the first bytes go on at once, and the many after them by a few writes.
    if (isFull || filled - passed >= given) give(reading);
    if (!isFull) return;
    if (reading.given < request.sizeBytes) {
      reading.chunk = nextChunk(reading);
      return;
    }
    this.end(reading);
    if (!this.isOpen) this.hangUp();
  }
}

/** Where what is missing goes, as far as there is room. */
function nextChunk(reading: Reading): Buffer {
  reading.filled = 0;
  reading.passed = 0;
  const missing = reading.request.sizeBytes - reading.given;
  return Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, missing));
}

function give(reading: Reading): void {
  const { chunk, filled, passed, request } = reading;
  if (!chunk || filled === passed) return;
  reading.passed = filled;
  reading.given += filled - passed;
  request.take(chunk.subarray(passed, filled));
}
