import type { Step } from "../deployment/events";
import { STEP_WORDS } from "./step-words";

/** So many steps are shown one by one; of those that follow only counts are. */
const STEPS_IN_FULL = 100;

/** So long it takes from one line of counts to the next. */
const INTERVAL_MS = 5_000;

/** Decides what is shown of a run with thousands of steps: the first ones, then how far it is. */
export class ProgressSummary {
  private begun = 0;
  private readonly ended = new Map<string, number>();
  private readonly underWay = new Set<Step>();
  private lastLineAt = -Infinity;

  constructor(
    private readonly write: (line: string) => void,
    private readonly options: { allSteps: boolean; now?: () => number },
  ) {}

  /** Whether the run has come to where single steps are not shown any more. */
  get active(): boolean {
    return !this.options.allSteps && this.begun > STEPS_IN_FULL;
  }

  began(step: Step): void {
    this.begun += 1;
    this.underWay.add(step);
    this.tell();
  }

  finished(step: Step, failed: boolean): void {
    this.underWay.delete(step);
    const word = failed ? "failed" : STEP_WORDS[step.op].done;
    this.ended.set(word, (this.ended.get(word) ?? 0) + 1);
    this.tell();
  }

  /** Writes a line of counts if it is time for one. */
  tell(): void {
    const now = (this.options.now ?? Date.now)();
    if (!this.active || now - this.lastLineAt < INTERVAL_MS) return;
    this.lastLineAt = now;
    const done = [...this.ended].map(([word, count]) => `${count} ${word}`);
    this.write(`    ${[...done, `${this.underWay.size} under way`].join(", ")}`);
  }
}
