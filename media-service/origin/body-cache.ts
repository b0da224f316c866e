import { LRUCache } from "lru-cache";
import { joinedBytes } from "../domain/joined-bytes";
import { type ArrivingBody, GrowingBody } from "./growing-body";

const DEFAULT_MAX_BYTES = 24 * 1024 * 1024;

/** Makes a body: at once, or by and by. */
export type MakeBody = () => Promise<Buffer> | ArrivingBody;

/**
 * Bodies of answers by entity tag, within a bound of bytes: those asked for least recently go first.
 * Requests for the same one at the same time share its making.
 */
export class BodyCache {
  private readonly kept: LRUCache<string, readonly Buffer[]>;
  /** Apart from what is kept, so that nothing throws out what is still being waited for. */
  private readonly made = new Map<string, Promise<Buffer | GrowingBody>>();

  /** @param maxBytes - Bound of what is kept; a body larger than that is made anew each time. */
  constructor(maxBytes = DEFAULT_MAX_BYTES) {
    this.kept = new LRUCache({
      maxSize: Math.max(1, maxBytes),
      sizeCalculation: (pieces) => Math.max(1, sizeOf(pieces)),
    });
  }

  /** What is kept under a tag. */
  peek(etag: string): Buffer | undefined {
    const pieces = this.kept.get(etag);
    if (!pieces) return undefined;
    const [only] = pieces;
    if (only && pieces.length === 1) return only;
    // Only what is asked for again is worth putting together.
    const whole = joinedBytes(pieces);
    this.kept.set(etag, [whole]);
    return whole;
  }

  /** What is kept under a tag, else what `make` makes; that may still be growing. */
  get(etag: string, make: MakeBody): Promise<Buffer | GrowingBody> {
    const known = this.peek(etag);
    if (known) return Promise.resolve(known);
    return this.made.get(etag) ?? this.begin(etag, make);
  }

  private begin(etag: string, make: MakeBody): Promise<Buffer | GrowingBody> {
    const making = make();
    const body = making instanceof Promise ? this.whole(etag, making) : this.growing(etag, making);
    this.made.set(etag, body);
    return body;
  }

  private async whole(etag: string, making: Promise<Buffer>): Promise<Buffer> {
    try {
      const bytes = await making;
      this.kept.set(etag, [bytes]);
      return bytes;
    } finally {
      this.made.delete(etag);
    }
  }

  private async growing(etag: string, making: ArrivingBody): Promise<GrowingBody> {
    const body = new GrowingBody(making);
    body.whole.then(
      (pieces) => {
        this.kept.set(etag, pieces);
        this.made.delete(etag);
      },
      () => this.made.delete(etag),
    );
    await body.begun;
    return body;
  }
}

function sizeOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
