interface Held<T> {
  item: T;
  sizeBytes: number;
  arrivedAt: number;
}

/** What a {@link DelayLine} needs. */
export interface DelayLineOptions<T> {
  /** How long an item is held back now; `Infinity` for as long as that doesn't change. */
  delayMs(): number;
  deliver(item: T): void;
}

/** Holds items back, each for the same time, and delivers them in their order. */
export class DelayLine<T> {
  private readonly held: Held<T>[] = [];
  private timer: NodeJS.Timeout | undefined;
  private bytes = 0;

  constructor(private readonly options: DelayLineOptions<T>) {}

  get isEmpty(): boolean {
    return this.held.length === 0;
  }

  get sizeBytes(): number {
    return this.bytes;
  }

  push(item: T, sizeBytes: number): void {
    if (this.isEmpty && this.options.delayMs() === 0) {
      this.options.deliver(item);
      return;
    }
    this.held.push({ item, sizeBytes, arrivedAt: performance.now() });
    this.bytes += sizeBytes;
    if (this.held.length === 1) this.advance();
  }

  /** Delivers what is due; to be called when the delay changed. */
  advance(): void {
    clearTimeout(this.timer);
    for (let next = this.held[0]; next !== undefined; next = this.held[0]) {
      const waitMs = next.arrivedAt + this.options.delayMs() - performance.now();
      if (waitMs > 0) {
        this.wait(waitMs);
        return;
      }
      this.held.shift();
      this.bytes -= next.sizeBytes;
      this.options.deliver(next.item);
    }
  }

  /** Forgets what is held. */
  clear(): void {
    clearTimeout(this.timer);
    this.held.length = 0;
    this.bytes = 0;
  }

  private wait(ms: number): void {
    if (ms === Infinity) return;
    this.timer = setTimeout(() => {
      this.advance();
    }, ms);
  }
}
