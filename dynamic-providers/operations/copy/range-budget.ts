/** How much may be under way at once. */
export interface RangeLimits {
  readonly maxRanges: number;
  /** Bytes of an ordinary range; a longer one counts as as many as it would make. */
  readonly rangeBytes: number;
}

interface Waiting {
  readonly weight: number;
  start(): void;
}

/**
 * One bound over all ranges of all blobs that are under way, and so over the memory that a copy takes:
 * it lends each range its memory, and lends it to another afterwards. First come, first served.
 */
export class RangeBudget {
  private readonly waiting: Waiting[] = [];
  private readonly free: Buffer[] = [];
  private underWay = 0;

  constructor(private readonly limits: RangeLimits) {}

  /** Waits for room, then runs `act` with memory that is its own until it ends. */
  async run<T>(sizeBytes: number, act: (memory: Buffer) => Promise<T>): Promise<T> {
    const { maxRanges, rangeBytes } = this.limits;
    const weight = Math.min(maxRanges, Math.max(1, Math.ceil(sizeBytes / rangeBytes)));
    await new Promise<void>((start) => {
      this.waiting.push({ weight, start });
      this.startNext();
    });
    try {
      const memory = this.take(sizeBytes);
      const result = await act(memory.subarray(0, sizeBytes));
      // After a failure it is let go instead: a broken-off request may still be reading it.
      if (memory.length === rangeBytes) this.free.push(memory);
      return result;
    } finally {
      this.underWay -= weight;
      this.startNext();
    }
  }

  private startNext(): void {
    const { maxRanges } = this.limits;
    for (;;) {
      const next = this.waiting[0];
      if (next === undefined || this.underWay + next.weight > maxRanges) return;
      this.waiting.shift();
      this.underWay += next.weight;
      next.start();
    }
  }

  private take(sizeBytes: number): Buffer {
    const { rangeBytes } = this.limits;
    if (sizeBytes > rangeBytes) return Buffer.allocUnsafeSlow(sizeBytes);
    return this.free.pop() ?? Buffer.allocUnsafeSlow(rangeBytes);
  }
}
