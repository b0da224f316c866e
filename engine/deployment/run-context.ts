import type { Ledger } from "../state/ledger";
import type { ConfigValues } from "../workspace/config-values";
import type { EngineEvents } from "./events";
import type { ResourceBook } from "./resource-book";
import type { RunStatus } from "./run-status";
import type { StepRunner } from "./step-runner";

/** What the parts of one run share. */
export interface RunContext {
  readonly project: string;
  readonly stack: string;
  /** Nothing is changed, only told. */
  readonly preview: boolean;
  readonly config: ConfigValues;
  readonly ledger: Ledger;
  readonly book: ResourceBook;
  readonly steps: StepRunner;
  readonly status: RunStatus;
  readonly events: EngineEvents;
}

/** The time as states keep it. */
export function timestamp(): string {
  return new Date().toISOString();
}
