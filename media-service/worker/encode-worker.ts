import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { BlobStore } from "../ports/blob-store";
import type { Clock } from "../ports/clock";
import type { JobMessage, JobQueue } from "../ports/job-queue";
import type { JobRuns } from "../ports/job-runs";
import { chooseEncoder } from "./encoders/choose-encoder";
import type { Encoder, EncoderConfig } from "./encoders/encoder";
import { JobHandler, type JobLimits } from "./job-handler";
import { sweepScratch } from "./scratch-directory";

export type { EncoderConfig } from "./encoders/encoder";

/** What an encode worker needs. */
export interface EncodeWorkerDeps {
  readonly queue: JobQueue;
  readonly runs: JobRuns;
  readonly blobs: BlobStore;
  readonly encoder: EncoderConfig;
  readonly clock: Clock;
  readonly log: Logger;
  /** A directory of this machine; holds a job's input and results while it runs. */
  readonly scratchDir: string;
  /** Bounds that differ from the default ones. */
  readonly limits?: Partial<WorkerLimits>;
}

/** Bounds of a worker. */
export interface WorkerLimits extends JobLimits {
  /** Jobs at the same time; one encode keeps all processors busy. */
  readonly maxConcurrentJobs: number;
  /** Seconds between two looks into an empty queue. */
  readonly pollSeconds: number;
}

const DEFAULT_LIMITS: WorkerLimits = {
  leaseSeconds: 60,
  maxAttempts: 4,
  retrySeconds: 10,
  maxConcurrentJobs: 1,
  pollSeconds: 1,
};

/**
 * Takes encode jobs from the queue, one at a time, and runs them. Any number of workers may share a
 * queue. Disposing of it gives a running job back to the queue at once.
 */
export class EncodeWorker implements AsyncDisposable {
  private readonly limits: WorkerLimits;
  private readonly stop = new AbortController();
  private loops: Promise<void>[] = [];

  constructor(private readonly deps: EncodeWorkerDeps) {
    this.limits = { ...DEFAULT_LIMITS, ...deps.limits };
  }

  /**
   * Clears what dead workers left on this machine, finds the encoder and begins to take jobs.
   *
   * @throws InvalidInputError when the configured encoder cannot be used.
   */
  async start(): Promise<void> {
    const { scratchDir, encoder: config, log } = this.deps;
    const swept = await sweepScratch(scratchDir);
    const { encoder, whyNotFfmpeg } = await chooseEncoder(config, this.stop.signal);
    log.info({ encoder: encoder.name, whyNotFfmpeg, swept }, "encode worker started");
    this.loops = Array.from({ length: this.limits.maxConcurrentJobs }, () => this.loop(encoder));
  }

  /** Stops taking jobs, ends running encodes and gives their jobs back; resolves when all is settled. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort();
    await Promise.all(this.loops);
  }

  private async loop(encoder: Encoder): Promise<void> {
    const handler = new JobHandler({ ...this.deps, encoder }, this.limits);
    const { signal } = this.stop;
    while (!signal.aborted) {
      const message = await this.receive();
      if (!message) {
        await this.pause();
        continue;
      }
      const log = this.deps.log.child({ jobId: message.jobId, attempt: message.attempt });
      log.info("job taken up");
      try {
        await handler.handle(message, signal);
        log.info("job settled");
      } catch (error) {
        // The message was not completed: it comes back when its lease ends.
        log.error({ err: error }, "job not settled, it will be taken up again");
      }
    }
  }

  private async receive(): Promise<JobMessage | undefined> {
    try {
      return await this.deps.queue.receive(this.limits.leaseSeconds, this.stop.signal);
    } catch (error) {
      if (!this.stop.signal.aborted) this.deps.log.warn({ err: error }, "queue not read");
      return undefined;
    }
  }

  private async pause(): Promise<void> {
    const { signal } = this.stop;
    // An abort ends the pause early, which is all that is asked of it.
    await delay(this.limits.pollSeconds * 1000, undefined, { signal }).catch(() => undefined);
  }
}
