import { resumePendingJobs } from "./job-readiness";
import type { AccountDeps } from "./account-deps";

/** What the sweeper tells of. */
export interface SweeperLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

const INTERVAL_MILLISECONDS = 15_000;

/** Looks now and then for jobs whose process ended before it brought them to the workers. */
export class PendingJobsSweeper implements AsyncDisposable {
  private readonly timer: NodeJS.Timeout;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly deps: AccountDeps,
    private readonly log: SweeperLog,
  ) {
    this.running = this.sweep();
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.sweep());
    }, INTERVAL_MILLISECONDS);
    this.timer.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async sweep(): Promise<void> {
    try {
      const resumed = await resumePendingJobs(this.deps);
      if (resumed > 0) this.log.info({ resumed }, "pending jobs brought to the workers");
    } catch (err) {
      this.log.warn({ err }, "pending jobs could not be looked for, next try follows");
    }
  }
}
