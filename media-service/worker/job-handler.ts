import type { Logger } from "pino";
import { UnavailableError } from "../domain/errors";
import type { Clock } from "../ports/clock";
import type { JobMessage, JobQueue } from "../ports/job-queue";
import type { JobRun, JobRuns, TaskErrorCode, TaskRun } from "../ports/job-runs";
import { withConcealedConfiguration } from "./concealed-configuration";
import { JobLease } from "./job-lease";
import { JobStopped } from "./job-stopped";
import { ProgressReporter } from "./progress-reporter";
import { runTask, type RunTaskDeps } from "./run-task";
import { TaskError } from "./task-error";

/** What a job needs. */
export interface JobHandlerDeps extends RunTaskDeps {
  readonly queue: JobQueue;
  readonly runs: JobRuns;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Bounds of a job. */
export interface JobLimits {
  /** Seconds that a message is hidden from other workers without a renewal. */
  readonly leaseSeconds: number;
  /** How often a job is taken up before it is given up. */
  readonly maxAttempts: number;
  /** Seconds until a job is tried again that met something unavailable; doubled each time. */
  readonly retrySeconds: number;
}

/** A job under way. */
interface Attempt {
  readonly message: JobMessage;
  readonly lease: JobLease;
  readonly job: AbortController;
  /** The task that an error belongs to. */
  currentTask: TaskRun | undefined;
}

/** Runs the job of one message from the queue and settles how it ended. */
export class JobHandler {
  constructor(
    private readonly deps: JobHandlerDeps,
    private readonly limits: JobLimits,
  ) {}

  /** Resolves when the message is settled or left to another worker; `stop` ends it early. */
  async handle(message: JobMessage, stop: AbortSignal): Promise<void> {
    const job = new AbortController();
    const onStop = () => {
      job.abort(new JobStopped("stopping"));
    };
    const { leaseSeconds } = this.limits;
    const lease = new JobLease(this.deps, message, { leaseSeconds, job });
    const attempt: Attempt = { message, lease, job, currentTask: undefined };
    stop.addEventListener("abort", onStop, { once: true });
    if (stop.aborted) onStop();
    try {
      await this.run(attempt);
      await lease.end();
      await this.deps.queue.complete(message);
    } catch (error) {
      await lease.end();
      // What breaks because the job was stopped is told by why it was stopped.
      await this.settle(attempt, job.signal.aborted ? job.signal.reason : error);
    } finally {
      stop.removeEventListener("abort", onStop);
    }
  }

  private async run(attempt: Attempt): Promise<void> {
    const { runs } = this.deps;
    const { jobId } = attempt.message;
    const job = await runs.start(jobId);
    if (!job) return;
    for (const task of job.tasks) {
      attempt.currentTask = task;
      this.refuseWornOut(attempt.message);
      await this.runTask(attempt, job, task);
    }
    await runs.finish(jobId);
  }

  /** A job that took its worker down each time would do so for ever. */
  private refuseWornOut({ attempt }: JobMessage): void {
    const { maxAttempts } = this.limits;
    if (attempt <= maxAttempts) return;
    throw new TaskError(
      "ErrorProcessingTask",
      `the job was taken up ${maxAttempts} times, and no worker lived to finish it; the input may need ` +
        "more memory or disk than a worker has",
    );
  }

  private async runTask(attempt: Attempt, { jobId }: JobRun, task: TaskRun): Promise<void> {
    const { runs, log } = this.deps;
    const { job, lease, message } = attempt;
    const { taskId } = task;
    job.signal.throwIfAborted();
    await runs.taskStarted(jobId, taskId);
    {
      await using progress = new ProgressReporter({ runs, log }, { jobId, taskId, job });
      await progress.start();
      job.signal.throwIfAborted();
      await withConcealedConfiguration(task, () =>
        runTask(this.deps, task, {
          signal: job.signal,
          clearFirst: message.attempt > 1,
          beforeUpload: () => lease.renew(),
          onProgress: (percent) => {
            progress.set(percent);
          },
        }),
      );
    }
    job.signal.throwIfAborted();
    await runs.taskCompleted(jobId, taskId);
  }

  private async settle(attempt: Attempt, error: unknown): Promise<void> {
    const { message } = attempt;
    const log = this.deps.log.child({ jobId: message.jobId, attempt: message.attempt });
    if (error instanceof JobStopped) {
      log.info({ reason: error.reason }, "job stopped");
      await this.settleStopped(message, error);
      return;
    }
    const last = message.attempt >= this.limits.maxAttempts;
    if (error instanceof UnavailableError && !last) {
      log.warn({ err: error }, "job given back to be tried again");
      const { retrySeconds } = this.limits;
      await this.deps.queue.renew(message, retrySeconds * 2 ** (message.attempt - 1));
      return;
    }
    log.error({ err: error }, "job failed");
    await this.fail(attempt, error);
  }

  private async settleStopped(message: JobMessage, { reason }: JobStopped): Promise<void> {
    const { queue, runs } = this.deps;
    if (reason === "canceled") {
      await runs.canceled(message.jobId);
      await queue.complete(message);
    }
    // The next worker need not wait for the lease to end.
    if (reason === "stopping") await queue.renew(message, 0);
  }

  private async fail({ message, currentTask }: Attempt, error: unknown): Promise<void> {
    const { queue, runs } = this.deps;
    // Without a task there is nothing to hold the details: the message comes back by itself.
    if (!currentTask) throw error;
    await runs.fail(message.jobId, currentTask.taskId, detailOf(error));
    await queue.complete(message);
  }
}

function detailOf(error: unknown): { code: TaskErrorCode; message: string } {
  if (error instanceof TaskError) return { code: error.code, message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof UnavailableError
    ? {
        code: "TransientError",
        message: `given up after several tries: ${message}`,
      }
    : { code: "ErrorProcessingTask", message };
}
