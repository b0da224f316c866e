import { LRUCache } from "lru-cache";

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/**
 * Bodies of answers by entity tag, within a bound of bytes: those asked for least recently go first.
 * Requests for the same one at the same time share its making.
 */
export class BodyCache {
  private readonly kept: LRUCache<string, Buffer>;
  /** Apart from what is kept, so that nothing throws out what is still being waited for. */
  private readonly made = new Map<string, Promise<Buffer>>();

  /** @param maxBytes - Bound of what is kept; a body larger than that is made anew each time. */
  constructor(maxBytes = DEFAULT_MAX_BYTES) {
    this.kept = new LRUCache({
      maxSize: Math.max(1, maxBytes),
      sizeCalculation: ({ length }) => Math.max(1, length),
    });
  }

  /** What is kept under a tag. */
  peek(etag: string): Buffer | undefined {
    return this.kept.get(etag);
  }

  /** What is kept under a tag, else what `make` makes. */
  get(etag: string, make: () => Promise<Buffer>): Promise<Buffer> {
    const known = this.kept.get(etag);
    if (known) return Promise.resolve(known);
    return this.made.get(etag) ?? this.begin(etag, make);
  }

  private begin(etag: string, make: () => Promise<Buffer>): Promise<Buffer> {
    const body = make()
      .then((bytes) => {
        this.kept.set(etag, bytes);
        return bytes;
      })
      .finally(() => this.made.delete(etag));
    this.made.set(etag, body);
    return body;
  }
}
