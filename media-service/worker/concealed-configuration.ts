import type { TaskRun } from "../ports/job-runs";
import { TaskError } from "./task-error";

/**
 * Runs a task. Of a configuration that its client has protected nothing gets into an error, since
 * errors are stored and logged.
 *
 * @throws TaskError when the configuration could not be decrypted.
 */
export async function withConcealedConfiguration(
  { configurationProblem, isProtected }: TaskRun,
  run: () => Promise<void>,
): Promise<void> {
  if (configurationProblem !== undefined) {
    throw new TaskError("ErrorParsingConfiguration", configurationProblem);
  }
  try {
    await run();
  } catch (error) {
    const quotesIt = error instanceof TaskError && error.code === "ErrorParsingConfiguration";
    if (isProtected !== true || !quotesIt) throw error;
    // Without the cause: it says what is in the configuration.
    throw new TaskError(
      "ErrorParsingConfiguration",
      "the protected configuration is not one that this encoder takes; send it unprotected to be told why",
    );
  }
}
