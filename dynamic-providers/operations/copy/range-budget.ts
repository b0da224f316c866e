/** How much may be under way at once. */
export interface RangeLimits {
  readonly maxRanges: number;
  readonly maxBytes: number;
}

/**
 * One bound over all ranges of all blobs that are under way, in number and in bytes, and so over the
 * memory that a copy takes. First come, first served; one range alone may be larger than the bound.
 */
export class RangeBudget {
  private readonly waiting: { readonly sizeBytes: number; readonly start: () => void }[] = [];
  private ranges = 0;
  private bytes = 0;

  constructor(private readonly limits: RangeLimits) {}

  /** Waits for room, then runs `act` and gives the room back, whether it failed or not. */
  async run<T>(sizeBytes: number, act: () => Promise<T>): Promise<T> {
    await new Promise<void>((start) => {
      this.waiting.push({ sizeBytes, start });
      this.startNext();
    });
    try {
      return await act();
    } finally {
      this.ranges -= 1;
      this.bytes -= sizeBytes;
      this.startNext();
    }
  }

  private startNext(): void {
    for (let next = this.waiting[0]; next && this.fits(next.sizeBytes); next = this.waiting[0]) {
      this.waiting.shift();
      this.ranges += 1;
      this.bytes += next.sizeBytes;
      next.start();
    }
  }

  private fits(sizeBytes: number): boolean {
    if (this.ranges === 0) return true;
    return this.ranges < this.limits.maxRanges && this.bytes + sizeBytes <= this.limits.maxBytes;
  }
}
