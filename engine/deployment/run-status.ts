import { EngineError, messageOf } from "../errors";
import type { EngineEvents } from "./events";

/** Why a step was not begun: the run had been stopped. Says nothing new to anyone. */
class RunStoppedError extends EngineError {
  constructor() {
    super("cancelled", "the run was stopped");
  }
}

/** Whether a run goes on. After a failure no step begins any more; those under way end. */
export class RunStatus {
  private isFailed = false;
  private readonly listeners: (() => void)[] = [];
  private readonly reported = new WeakSet<object>();

  constructor(private readonly events: EngineEvents) {}

  get failed(): boolean {
    return this.isFailed;
  }

  /** Reports an error, once, and stops the run. */
  fail(error: unknown, urn?: string): void {
    const isNew = !(error instanceof RunStoppedError) && !this.wasReported(error);
    if (isNew) {
      const place = urn === undefined || urn === "" ? {} : { urn };
      this.events.diagnostic({ severity: "error", text: messageOf(error), ...place });
    }
    this.stop();
  }

  /** Stops the run; something else has said why. */
  stop(): void {
    if (this.isFailed) return;
    this.isFailed = true;
    for (const listener of this.listeners) listener();
  }

  /** Calls back when the run is stopped. */
  onStop(listener: () => void): void {
    if (this.isFailed) listener();
    else this.listeners.push(listener);
  }

  /** @throws RunStoppedError when the run was stopped. */
  check(): void {
    if (this.isFailed) throw new RunStoppedError();
  }

  private wasReported(error: unknown): boolean {
    if (typeof error !== "object" || error === null) return false;
    if (this.reported.has(error)) return true;
    this.reported.add(error);
    return false;
  }
}
