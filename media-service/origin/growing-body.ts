import { joinedBytes } from "../domain/joined-bytes";

/** A body whose size is known before it is read. */
export interface ArrivingBody {
  readonly sizeBytes: number;
  /** Gives all of it to `take`, in order; rejects when that fails on the way. */
  readonly read: (take: (piece: Buffer) => void) => Promise<void>;
}

/** Who wants the pieces of a body. */
interface Follower {
  readonly take: (piece: Buffer) => void;
  /** Told once: without an error when all was given. */
  readonly end: (error?: Error) => void;
}

/**
 * A body that is being read, once for all who ask for it. Each gets what is there already and then
 * what comes, when it comes: nobody waits for the last byte, and nobody who takes slowly holds the
 * others or the store.
 */
export class GrowingBody {
  readonly sizeBytes: number;
  /** Resolves when the first bytes of the store are there, so that what fails before can be answered as a fault. */
  readonly begun: Promise<void>;
  /** All pieces; rejects when reading failed. */
  readonly whole: Promise<readonly Buffer[]>;
  private readonly pieces: Buffer[] = [];
  private readonly followers = new Set<Follower>();
  private isComplete = false;
  private failure: Error | undefined;
  private begin: (() => void) | undefined;

  constructor({ sizeBytes, read }: ArrivingBody) {
    this.sizeBytes = sizeBytes;
    const firstPiece = new Promise<void>((resolve) => {
      this.begin = resolve;
    });
    this.whole = this.readAll(read);
    this.begun = Promise.race([firstPiece, this.whole.then(() => undefined)]);
    // Who follows is told by itself, and whoever waits for the beginning sees the same failure.
    this.whole.catch(() => undefined);
  }

  /** Gives a follower what is there, now, and what comes, later. */
  follow(follower: Follower): void {
    for (const piece of this.pieces) follower.take(piece);
    if (this.failure || this.isComplete) follower.end(this.failure);
    else this.followers.add(follower);
  }

  private async readAll(read: ArrivingBody["read"]): Promise<readonly Buffer[]> {
    let received = 0;
    // A head that was made here says nothing about the store.
    let isReading = false;
    try {
      const reading = read((piece) => {
        received += piece.length;
        this.pieces.push(piece);
        for (const follower of this.followers) follower.take(piece);
        if (isReading) this.begin?.();
      });
      isReading = true;
      await reading;
      if (received !== this.sizeBytes) {
        throw new RangeError(`a body of ${this.sizeBytes} bytes had ${received}`);
      }
      this.isComplete = true;
      return this.pieces;
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      for (const follower of this.followers) follower.end(this.failure);
      this.followers.clear();
    }
  }
}

/** All bytes of a body that is made at once, or by and by. */
export async function wholeBody(body: Promise<Buffer> | ArrivingBody): Promise<Buffer> {
  if (body instanceof Promise) return body;
  const pieces: Buffer[] = [];
  await body.read((piece) => pieces.push(piece));
  return joinedBytes(pieces);
}
