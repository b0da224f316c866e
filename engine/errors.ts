/** What the user can do about an {@link EngineError}; stable, so that callers may test for it. */
export type EngineErrorCode =
  | "unsupported" // such stacks need the official CLI
  | "invalid-input" // change the command, a file or the environment
  | "not-found" // name something that exists
  | "locked" // wait for the other run, or cancel it
  | "wrong-passphrase"
  | "corrupt-state" // an operator must look
  | "provider" // a provider refused or failed; its own text says why
  | "cancelled"; // the run was stopped

/** An error that is meant to be read: what happened, to which thing, and what to do next. */
export class EngineError extends Error {
  override readonly name = "EngineError";

  constructor(
    readonly code: EngineErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Refuses what only the official CLI does. */
export function unsupported(what: string): EngineError {
  return new EngineError(
    "unsupported",
    `${what}: the embedded engine does not do this. Such a stack needs the official Pulumi CLI; ` +
      "with `pulumi` on the PATH it is used instead.",
  );
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
