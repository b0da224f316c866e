import type { BlobAddress } from "./blob-store";

/** One task of a job, as the worker needs it. */
export interface TaskRun {
  readonly taskId: string;
  /** Preset name, or preset JSON or XML, in clear. */
  readonly configuration: string;
  /** Whether the client has sent it encrypted: then it is secret. */
  readonly isProtected?: boolean;
  /** Why there is no configuration. */
  readonly configurationProblem?: string;
  /** Name of the media processor, for example "Media Encoder Standard". */
  readonly processorName: string;
  /**
   * The input asset's primary file, else its only one, else its only server manifest (`.ism`);
   * undefined when none can be told.
   */
  readonly input: BlobAddress | undefined;
  /** Where the results go; may hold what an earlier attempt left. */
  readonly outputContainer: string;
}

/** A job that a worker has taken up. */
export interface JobRun {
  readonly jobId: string;
  readonly jobName: string;
  /** In the order in which they have to run; tasks that have ended are left out. */
  readonly tasks: readonly TaskRun[];
}

/** Codes of a task's ErrorDetails that the worker gives (Media Services v2, "Encoding error codes"). */
export type TaskErrorCode =
  | "ErrorDownloadingInputAssetMalformedContent"
  | "ErrorDownloadingInputAssetServiceFailure"
  | "ErrorParsingConfiguration"
  | "ErrorExecutingTaskMalformedContent"
  | "ErrorExecutingTaskUnsupportedFormat"
  | "ErrorProcessingTask"
  | "ErrorUploadingOutputAsset"
  | "ErrorCancelingTask"
  | "TransientError";

/** How a worker reads and records the life of a job. Implemented by `services/job-runs.ts`. */
export interface JobRuns {
  /**
   * A job that waits and has a higher priority than this one, which waits as well: the most urgent, and
   * of those the oldest.
   */
  moreUrgentThan(jobId: string): Promise<string | undefined>;
  /**
   * Marks the job as processing and returns what is to be done; undefined when there is nothing to
   * do (the job is unknown or ended), in which case the message can be completed. `attempt` is how often
   * the message was taken: a first-time message of a job that is processed already is a double.
   */
  start(jobId: string, attempt?: number): Promise<JobRun | undefined>;
  /** Marks a task as running. */
  taskStarted(jobId: string, taskId: string): Promise<void>;
  /** Records the task's progress, 0 to 100; answers whether the client has asked to cancel. */
  progress(jobId: string, taskId: string, percent: number): Promise<"continue" | "cancel">;
  /** Ends a task: its output files become asset files. `perfMessage` says how it went, for people. */
  taskCompleted(jobId: string, taskId: string, perfMessage?: string): Promise<void>;
  /** Ends the job, when no task is left: as finished, or in Error when one of its tasks is. */
  finish(jobId: string): Promise<void>;
  /**
   * Ends the task in Error, with exactly one detail, and cancels the others; but for those that shall
   * not be canceled (DoNotCancelOnJobFailure) and need nothing of it. Without such, the job ends too.
   */
  fail(
    jobId: string,
    taskId: string,
    detail: { code: TaskErrorCode; message: string },
  ): Promise<void>;
  /** Ends the job as canceled. */
  canceled(jobId: string): Promise<void>;
}
