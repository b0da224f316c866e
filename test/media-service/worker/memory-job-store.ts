import { ConflictError } from "../../../media-service/domain/errors";
import type { JobMessage, JobQueue } from "../../../media-service/ports/job-queue";
import type {
  JobRun,
  JobRuns,
  TaskErrorCode,
  TaskRun,
} from "../../../media-service/ports/job-runs";

/** A queue in memory: a message is given out again when it was let go, never by time. */
export class MemoryJobQueue implements JobQueue {
  readonly renewals: number[] = [];
  readonly completed: string[] = [];
  /** Set to make renewals fail. */
  failRenewal: (() => Error | undefined) | undefined;
  private wake: () => void = () => undefined;
  private readonly waiting: { jobId: string; taken: number }[] = [];
  private readonly leased = new Map<JobMessage, { jobId: string; taken: number }>();

  send(jobId: string, taken = 0): Promise<void> {
    this.waiting.push({ jobId, taken });
    return Promise.resolve();
  }

  receive(): Promise<JobMessage | undefined> {
    const item = this.waiting.shift();
    if (!item) return Promise.resolve(undefined);
    item.taken++;
    const message: JobMessage = { jobId: item.jobId, attempt: item.taken };
    this.leased.set(message, item);
    return Promise.resolve(message);
  }

  /** Resolves as soon as a lease was renewed, or a try made. */
  async untilRenewal(): Promise<void> {
    if (this.renewals.length > 0) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
  }

  renew(message: JobMessage, leaseSeconds: number): Promise<void> {
    this.renewals.push(leaseSeconds);
    this.wake();
    const failure = this.failRenewal?.();
    if (failure) return Promise.reject(failure);
    const item = this.leased.get(message);
    if (!item) return Promise.reject(new ConflictError("the lease was lost"));
    if (leaseSeconds === 0) {
      this.leased.delete(message);
      this.waiting.push(item);
    }
    return Promise.resolve();
  }

  reassign(message: JobMessage, jobId: string): Promise<JobMessage> {
    const item = this.leased.get(message);
    if (!item) return Promise.reject(new ConflictError("the lease was lost"));
    const other: JobMessage = { jobId, attempt: item.taken };
    this.leased.delete(message);
    this.leased.set(other, { ...item, jobId });
    return Promise.resolve(other);
  }

  complete(message: JobMessage): Promise<void> {
    this.leased.delete(message);
    this.completed.push(message.jobId);
    return Promise.resolve();
  }

  /** Jobs that the next worker would get. */
  get waitingJobs(): string[] {
    return this.waiting.map(({ jobId }) => jobId);
  }
}

/** One job with some tasks, and everything that was recorded of it. */
export class MemoryJobRuns implements JobRuns {
  readonly events: string[] = [];
  readonly percents: number[] = [];
  failure: { code: TaskErrorCode; message: string } | undefined;
  perfMessage: string | undefined;
  /** Answered as the job that goes before any other. */
  urgent: string | undefined;
  /** Answered to the next progress report. */
  cancelWhen: (percent: number) => boolean = () => false;
  private readonly changed = new Set<() => void>();

  private left: readonly TaskRun[];

  constructor(...tasks: TaskRun[]) {
    this.left = tasks;
  }

  /** Resolves as soon as the event was recorded or the progress reached. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.changed.add(resolve);
      });
    }
  }

  moreUrgentThan(jobId: string): Promise<string | undefined> {
    return Promise.resolve(this.urgent === jobId ? undefined : this.urgent);
  }

  async start(jobId: string): Promise<JobRun | undefined> {
    if (!this.events.includes("start")) await this.record("start");
    return this.events.includes("finish") || (this.left.length === 0 && this.failure)
      ? undefined
      : { jobId, jobName: "test job", tasks: this.left };
  }

  taskStarted(): Promise<void> {
    return this.record("taskStarted");
  }

  async progress(...[, , percent]: [string, string, number]): Promise<"continue" | "cancel"> {
    this.percents.push(percent);
    await this.record();
    return this.cancelWhen(percent) ? "cancel" : "continue";
  }

  /** Leaves out a task from now on. */
  drop(taskId: string): void {
    this.left = this.left.filter((task) => task.taskId !== taskId);
  }

  taskCompleted(...[, taskId, perfMessage]: [string, string, string?]): Promise<void> {
    this.perfMessage = perfMessage;
    this.drop(taskId);
    return this.record("taskCompleted");
  }

  finish(): Promise<void> {
    return this.record("finish");
  }

  fail(...[, , detail]: [string, string, { code: TaskErrorCode; message: string }]): Promise<void> {
    this.failure = detail;
    this.left = [];
    return this.record("fail");
  }

  canceled(): Promise<void> {
    return this.record("canceled");
  }

  private record(event?: string): Promise<void> {
    if (event !== undefined) this.events.push(event);
    for (const wake of this.changed) wake();
    this.changed.clear();
    return Promise.resolve();
  }
}
