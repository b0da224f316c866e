import type { Logger } from "pino";

/** A process that runs only while a queue holds messages. */
export interface ScaledProcess {
  name: string;
  /** Between two looks into the queue. */
  pollingMs: number;
  /** How long the queue must have been empty before the process is ended. */
  cooldownMs: number;
  /** Messages in the queue, those that somebody works on counted. */
  queueLength(): Promise<number>;
  isRunning(): boolean;
  /** Whether it may be started now: not while somebody keeps its data center down. */
  mayStart(): boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** One process that is watched. */
class Watch {
  private readonly timer: NodeJS.Timeout;
  private lastBusyAt = Date.now();
  private looking: Promise<void> = Promise.resolve();
  private isLooking = false;

  constructor(
    private readonly process: ScaledProcess,
    private readonly log: Logger,
  ) {
    this.timer = setInterval(() => {
      this.look();
    }, process.pollingMs);
    this.look();
  }

  /** Looks no more; resolves when what a look began is done. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  private look(): void {
    if (this.isLooking) return;
    this.isLooking = true;
    this.looking = this.adjust()
      .catch((err: unknown) => {
        // As KEDA does: what runs goes on until the queue can be asked again.
        this.log.warn({ process: this.process.name, err }, "could not scale");
      })
      .finally(() => {
        this.isLooking = false;
      });
  }

  private async adjust(): Promise<void> {
    const { process, log } = this;
    const length = await process.queueLength();
    if (length > 0) this.lastBusyAt = Date.now();
    if (length > 0 && !process.isRunning() && process.mayStart()) {
      log.info({ process: process.name, length }, "scaled up from nothing");
      await process.start();
    } else if (process.isRunning() && Date.now() - this.lastBusyAt >= process.cooldownMs) {
      log.info({ process: process.name }, "scaled down to nothing");
      await process.stop();
    }
  }
}

/** Starts and ends processes by the length of queues, as KEDA does for container apps. */
export class QueueScalers implements AsyncDisposable {
  private readonly watches = new Map<string, Watch>();

  constructor(private readonly log: Logger) {}

  /** Watches a process; one of the same name is forgotten first. */
  async watch(process: ScaledProcess): Promise<void> {
    await this.forget(process.name);
    this.watches.set(process.name, new Watch(process, this.log));
  }

  /** Watches a process no more; whether it runs stays as it is. */
  async forget(name: string): Promise<void> {
    const watch = this.watches.get(name);
    this.watches.delete(name);
    await watch?.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.watches.keys()].map((name) => this.forget(name)));
  }
}
