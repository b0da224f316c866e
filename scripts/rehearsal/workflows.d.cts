/** What conditions and expressions of a workflow's steps are answered from. */
export interface StepContext {
  readonly inputs: Readonly<Record<string, string>>;
  readonly steps: Readonly<
    Record<string, { outcome: string; outputs: Readonly<Record<string, string>> }>
  >;
  /** Steps that have failed; undefined while none has. */
  readonly failed?: readonly string[];
}

/** Whether a step runs, after what has happened; one that says nothing about it runs until a step has failed. */
export function isDue(condition: string | undefined, context: StepContext): boolean;
