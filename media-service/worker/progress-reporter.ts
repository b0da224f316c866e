import type { Logger } from "pino";
import { UnavailableError } from "../domain/errors";
import type { JobRuns } from "../ports/job-runs";
import { JobStopped } from "./job-stopped";

/** The task that is reported on. */
export interface ReportedTask {
  readonly jobId: string;
  readonly taskId: string;
  /** Aborted when the client asks to cancel. */
  readonly job: AbortController;
}

/** Time between two reports: what the service stores, and how long a cancel may wait. */
const REPORT_MS = 1000;

/** Tells the service how far a task is, also while nothing moves: the answer says whether to cancel. */
export class ProgressReporter implements AsyncDisposable {
  private percent = 0;
  private timer: NodeJS.Timeout | undefined;
  private reporting: Promise<void> = Promise.resolve();
  private ended = false;

  constructor(
    private readonly deps: { runs: JobRuns; log: Logger },
    private readonly task: ReportedTask,
  ) {}

  /** Reports for the first time and then once a second. */
  async start(): Promise<void> {
    await this.report();
    this.schedule();
  }

  /** Sets how far the task is; it never goes back. */
  set(percent: number): void {
    this.percent = Math.max(this.percent, Math.min(100, Math.round(percent * 10) / 10));
  }

  /** Ends the reports; resolves when none is under way, so that none follows the task's end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    await this.reporting;
  }

  private schedule(): void {
    if (this.ended || this.task.job.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.reporting = this.report().then(() => {
        this.schedule();
      });
    }, REPORT_MS);
  }

  private async report(): Promise<void> {
    const { jobId, taskId, job } = this.task;
    try {
      const answer = await this.deps.runs.progress(jobId, taskId, this.percent);
      if (answer === "cancel") job.abort(new JobStopped("canceled"));
    } catch (error) {
      if (!(error instanceof UnavailableError)) job.abort(error);
      // The work goes on; the next report may come through, and the lease tells if the store is gone.
      else this.deps.log.warn({ err: error, jobId, taskId }, "progress not reported");
    }
  }
}
