import { messageOf } from "../errors";
import type { EngineEvents, Step } from "./events";
import type { RunStatus } from "./run-status";

/** Runs steps, so many at once, and tells of each. */
export class StepRunner {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly idleListeners: (() => void)[] = [];

  constructor(
    private readonly parallel: number,
    private readonly status: RunStatus,
    private readonly events: EngineEvents,
  ) {}

  /**
   * Runs a step when there is room for it.
   *
   * @throws RunStoppedError when the run was stopped before the step began.
   */
  run<T>(step: Step, work: () => Promise<T>): Promise<T> {
    return this.limited(async () => {
      const started = Date.now();
      this.events.stepBegan(step);
      try {
        const result = await work();
        this.events.stepEnded(step, { durationMs: Date.now() - started });
        return result;
      } catch (error) {
        this.events.stepEnded(step, { durationMs: Date.now() - started, error: messageOf(error) });
        throw error;
      }
    });
  }

  /** Tells of a step that asks nothing of a provider. */
  tell(step: Step): void {
    this.events.stepBegan(step);
    this.events.stepEnded(step, { durationMs: 0 });
  }

  /** Does work that counts as one of those at once. */
  async limited<T>(work: () => Promise<T>): Promise<T> {
    while (this.running >= this.parallel) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    if (this.status.failed) this.waiting.shift()?.(); // the next one finds out as well
    this.status.check();
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
      if (this.running === 0) for (const listener of this.idleListeners.splice(0)) listener();
    }
  }

  /** Waits until no step is under way. */
  async idle(): Promise<void> {
    if (this.running > 0) await new Promise<void>((resolve) => this.idleListeners.push(resolve));
  }
}
