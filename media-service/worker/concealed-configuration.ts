import type { TaskRun } from "../ports/job-runs";
import { TaskError } from "./task-error";

/** Errors whose messages say what a configuration asks for. */
const QUOTING: readonly string[] = [
  "ErrorParsingConfiguration",
  "ErrorExecutingTaskUnsupportedFormat",
];

/**
 * Runs a task. Of a configuration that its client has protected nothing gets into an error, since
 * errors are stored and logged.
 *
 * @throws TaskError when the configuration could not be decrypted.
 */
export async function withConcealedConfiguration<R>(
  { configurationProblem, isProtected }: TaskRun,
  run: () => Promise<R>,
): Promise<R> {
  if (configurationProblem !== undefined) {
    throw new TaskError("ErrorParsingConfiguration", configurationProblem);
  }
  try {
    return await run();
  } catch (error) {
    if (isProtected !== true || !(error instanceof TaskError) || !QUOTING.includes(error.code)) {
      throw error;
    }
    // Without the cause: it says what is in the configuration.
    throw new TaskError(
      error.code,
      "the protected configuration is not one that this encoder takes, or does not go with the input; " +
        "send it unprotected to be told why",
    );
  }
}
