import { LRUCache } from "lru-cache";

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/**
 * Bodies of answers by entity tag, within a bound of bytes: those asked for least recently go first.
 * Requests for the same one at the same time share its making.
 */
export class BodyCache {
  private readonly cache: LRUCache<string, Buffer, () => Promise<Buffer>>;

  /** @param maxBytes - Bound of what is kept; a body larger than that is made anew each time. */
  constructor(maxBytes = DEFAULT_MAX_BYTES) {
    this.cache = new LRUCache({
      maxSize: Math.max(1, maxBytes),
      sizeCalculation: ({ length }) => Math.max(1, length),
      fetchMethod: (_etag, _stale, { context }) => context(),
    });
  }

  /** What is kept under a tag. */
  peek(etag: string): Buffer | undefined {
    return this.cache.get(etag);
  }

  /** What is kept under a tag, else what `make` makes. */
  async get(etag: string, make: () => Promise<Buffer>): Promise<Buffer> {
    return (await this.cache.fetch(etag, { context: make })) ?? make();
  }
}
