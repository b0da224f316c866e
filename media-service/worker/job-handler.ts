import type { Logger } from "pino";
import { UnavailableError } from "../domain/errors";
import type { Clock } from "../ports/clock";
import type { JobMessage, JobQueue } from "../ports/job-queue";
import type { JobRun, JobRuns, TaskErrorCode, TaskRun } from "../ports/job-runs";
import { withConcealedConfiguration } from "./concealed-configuration";
import { JobLease } from "./job-lease";
import { JobStopped } from "./job-stopped";
import { ProgressReporter } from "./progress-reporter";
import { runTask, type RunTaskDeps, type TaskResult } from "./run-task";
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
}

/** Runs the job of one message from the queue and settles how it ended. */
export class JobHandler {
  constructor(
    private readonly deps: JobHandlerDeps,
    private readonly limits: JobLimits,
  ) {}

  /** Resolves when the message is settled or left to another worker; `stop` ends it early. */
  async handle(received: JobMessage, stop: AbortSignal): Promise<void> {
    const message = await this.mostUrgent(received);
    const job = new AbortController();
    const onStop = () => {
      job.abort(new JobStopped("stopping"));
    };
    const { leaseSeconds } = this.limits;
    const lease = new JobLease(this.deps, message, { leaseSeconds, job });
    const attempt: Attempt = { message, lease, job };
    stop.addEventListener("abort", onStop, { once: true });
    if (stop.aborted) onStop();
    try {
      for (let round = 0; await this.advance(attempt, round); round++);
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

  /**
   * Queues know no priorities: a message that comes first becomes one of the most urgent job, and its own
   * job gets another. The urgent job's own message finds it taken up, and is one too many.
   */
  private async mostUrgent(message: JobMessage): Promise<JobMessage> {
    if (message.attempt > 1) return message;
    const { queue, runs, log } = this.deps;
    const urgent = await runs.moreUrgentThan(message.jobId);
    if (urgent === undefined) return message;
    log.info({ jobId: message.jobId, urgent }, "a more urgent job goes first");
    await queue.send(message.jobId);
    return queue.reassign(message, urgent, this.limits.leaseSeconds);
  }

  /** Runs the next task; false when none is left and the job has ended. */
  private async advance(attempt: Attempt, round: number): Promise<boolean> {
    const { runs } = this.deps;
    const { jobId, attempt: taken } = attempt.message;
    const job = await runs.start(jobId, round === 0 ? taken : taken + round);
    if (!job) return false;
    const [task] = job.tasks;
    if (!task) {
      await runs.finish(jobId);
      return false;
    }
    try {
      this.refuseWornOut(attempt.message);
      await this.runTask(attempt, job, task);
    } catch (cause) {
      const error: unknown = attempt.job.signal.aborted ? attempt.job.signal.reason : cause;
      if (error instanceof JobStopped || this.isWorthAnotherTry(error, attempt)) throw error;
      this.deps.log.error({ err: error, jobId, taskId: task.taskId }, "task failed");
      await runs.fail(jobId, task.taskId, detailOf(error));
    }
    return true;
  }

  private isWorthAnotherTry(error: unknown, { message }: Attempt): boolean {
    return error instanceof UnavailableError && message.attempt < this.limits.maxAttempts;
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
    const began = this.deps.clock.now().getTime();
    let made: TaskResult;
    {
      await using progress = new ProgressReporter({ runs, log }, { jobId, taskId, job });
      await progress.start();
      job.signal.throwIfAborted();
      made = await withConcealedConfiguration(task, () =>
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
    const seconds = (this.deps.clock.now().getTime() - began) / 1000;
    await runs.taskCompleted(jobId, taskId, perfMessage(made, seconds));
  }

  private async settle(attempt: Attempt, error: unknown): Promise<void> {
    const { message } = attempt;
    const log = this.deps.log.child({ jobId: message.jobId, attempt: message.attempt });
    if (error instanceof JobStopped) {
      log.info({ reason: error.reason }, "job stopped");
      await this.settleStopped(message, error);
      return;
    }
    if (this.isWorthAnotherTry(error, attempt)) {
      log.warn({ err: error }, "job given back to be tried again");
      const { retrySeconds } = this.limits;
      await this.deps.queue.renew(message, retrySeconds * 2 ** (message.attempt - 1));
      return;
    }
    // Nothing of the job's state is known to be written: the message comes back when its lease ends.
    throw error;
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
}

function perfMessage({ mediaSeconds, files, bytes }: TaskResult, seconds: number): string {
  return (
    `${mediaSeconds.toFixed(1)} s of media became ${files} files of ${bytes} bytes ` +
    `in ${seconds.toFixed(1)} s`
  );
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
