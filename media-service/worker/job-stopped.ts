/** Why a job is broken off before its end. */
export type StopReason =
  /** The client asked for it. */
  | "canceled"
  /** Another worker may have the job by now: nothing more may be written. */
  | "lease lost"
  /** This worker is shutting down. */
  | "stopping";

/** The reason of a job's AbortSignal. */
export class JobStopped extends Error {
  constructor(
    readonly reason: StopReason,
    options?: ErrorOptions,
  ) {
    super(`the job was stopped: ${reason}`, options);
    this.name = "JobStopped";
  }
}
