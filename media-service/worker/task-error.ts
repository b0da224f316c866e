import { MediaError } from "../domain/errors";
import type { TaskErrorCode } from "../ports/job-runs";

/** Ends a task in Error: the code goes to the client, the message to the person who reads it. */
export class TaskError extends MediaError {
  constructor(
    readonly code: TaskErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
