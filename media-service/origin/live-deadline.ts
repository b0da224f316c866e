const TICK_MS = 250;

/**
 * Ends after some ticks of a clock, not at a time: while something else holds this process up, no
 * answer can be taken in, and that would look like a store that gives none.
 */
export class LiveDeadline implements Disposable {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(milliseconds: number) {
    let ticksLeft = Math.ceil(milliseconds / TICK_MS);
    this.timer = setInterval(() => {
      ticksLeft -= 1;
      if (ticksLeft > 0) return;
      clearInterval(this.timer);
      this.controller.abort(new DOMException("there was no answer in time", "TimeoutError"));
    }, TICK_MS);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }
}
