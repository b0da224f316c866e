import type { Logger } from "pino";
import { ConflictError } from "../domain/errors";
import type { Clock } from "../ports/clock";
import type { JobMessage, JobQueue } from "../ports/job-queue";
import { JobStopped } from "./job-stopped";

/** What a lease needs. */
export interface JobLeaseDeps {
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Renewals within one lease: some may fail before the message is lost. */
const RENEWALS_PER_LEASE = 3;
/** After a failed renewal the next one comes sooner by this factor. */
const RETRY_FACTOR = 4;

/**
 * Keeps a message hidden from other workers while its job runs. When that is no longer certain, the
 * job is stopped: either the queue says that another worker has it, or no renewal came through in time.
 */
export class JobLease {
  private renewTimer: NodeJS.Timeout | undefined;
  private expiryTimer: NodeJS.Timeout | undefined;
  /** Settles when the last renewal has: a queue takes one at a time for a message. */
  private renewals: Promise<unknown> = Promise.resolve();
  private heldUntil = 0;
  private ended = false;

  constructor(
    private readonly deps: JobLeaseDeps,
    readonly message: JobMessage,
    private readonly options: { leaseSeconds: number; job: AbortController },
  ) {
    this.hold(this.leaseEnd());
    this.schedule(this.intervalMs);
  }

  /**
   * Prolongs the lease now; for moments from which there is no way back.
   *
   * @throws JobStopped when it is lost.
   */
  renew(): Promise<void> {
    const renewal = this.renewals.then(() => this.renewOnce());
    this.renewals = renewal.catch(() => undefined);
    return renewal;
  }

  /** Ends the renewals; resolves when none is under way. */
  async end(): Promise<void> {
    this.ended = true;
    clearTimeout(this.renewTimer);
    clearTimeout(this.expiryTimer);
    await this.renewals;
  }

  private async renewOnce(): Promise<void> {
    const until = this.leaseEnd();
    try {
      await this.deps.queue.renew(this.message, this.options.leaseSeconds);
      this.hold(until);
    } catch (error) {
      if (error instanceof ConflictError) this.lose(error);
      throw error instanceof ConflictError ? this.options.job.signal.reason : error;
    }
  }

  private get intervalMs(): number {
    return (this.options.leaseSeconds * 1000) / RENEWALS_PER_LEASE;
  }

  private leaseEnd(): number {
    return this.deps.clock.now().getTime() + this.options.leaseSeconds * 1000;
  }

  private schedule(delayMs: number): void {
    if (this.ended) return;
    this.renewTimer = setTimeout(() => {
      void this.renewInBackground();
    }, delayMs);
  }

  /** A renewal that hangs must not outlive the lease. */
  private hold(until: number): void {
    this.heldUntil = until;
    clearTimeout(this.expiryTimer);
    if (this.ended) return;
    this.expiryTimer = setTimeout(() => {
      this.lose(new Error("no renewal came through before the lease ended"));
    }, until - this.deps.clock.now().getTime());
  }

  private async renewInBackground(): Promise<void> {
    // A machine that slept may wake up long after the lease ended.
    if (this.deps.clock.now().getTime() >= this.heldUntil) {
      this.lose(new Error("no renewal came through before the lease ended"));
      return;
    }
    try {
      await this.renew();
      this.schedule(this.intervalMs);
    } catch (error) {
      if (this.options.job.signal.aborted) return;
      this.deps.log.warn(
        { err: error, jobId: this.message.jobId },
        "lease not renewed, trying again",
      );
      this.schedule(this.intervalMs / RETRY_FACTOR);
    }
  }

  private lose(cause: Error): void {
    this.options.job.abort(new JobStopped("lease lost", { cause }));
  }
}
