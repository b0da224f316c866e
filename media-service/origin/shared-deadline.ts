import { setMaxListeners } from "node:events";

/** Who asks within so long shares a signal. */
const STEP_MS = 250;

/**
 * Signals that abort after so long, or a moment more. A signal with a timer for each read would stay in
 * memory for all that time after the read has ended, for the collector to look at.
 */
export class SharedDeadline {
  private shared: AbortSignal | undefined;
  private since = 0;

  constructor(private readonly milliseconds: number) {}

  /** A signal whose time begins now. */
  get signal(): AbortSignal {
    const now = performance.now();
    if (this.shared === undefined || now - this.since > STEP_MS) {
      this.shared = AbortSignal.timeout(this.milliseconds + STEP_MS);
      this.since = now;
      // Many reads listen at the same time, and that is no leak.
      setMaxListeners(0, this.shared);
    }
    return this.shared;
  }
}
