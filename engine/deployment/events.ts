import type { ResourceState } from "../state/resource-state";
import type { PathStep } from "../values/property-diff";

/** What a step does; the names are the official CLI's. */
export type StepOp =
  | "same"
  | "create"
  | "update"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "delete"
  | "discard"
  | "read"
  | "refresh";

/** One step: a resource on its way from one state to another. */
export interface Step {
  op: StepOp;
  /** The resource as it will be, or, for deletions, as it was. */
  state: ResourceState;
  /** The resource as it was. */
  old?: ResourceState;
  /** Paths whose change makes another resource. */
  replaces?: PathStep[][];
  /** Paths that the provider says differ, beyond those that the inputs show. */
  reported?: PathStep[][];
}

/** How a step ended. */
export interface StepResult {
  durationMs: number;
  error?: string;
}

/** How much a message matters. */
export type Severity = "debug" | "info" | "warning" | "error";

/** A message about the run, or about one of its resources. */
export interface Diagnostic {
  severity: Severity;
  text: string;
  urn?: string;
}

/** What happens in a run, as it happens. */
export interface EngineEvents {
  stepBegan(step: Step): void;
  stepEnded(step: Step, result: StepResult): void;
  diagnostic(diagnostic: Diagnostic): void;
  /** A line that the program or a provider printed. */
  printed(text: string, urn?: string): void;
}
