/** What a sweeper tells of. */
export interface SweeperLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** Does a piece of housekeeping now and then; one that fails is tried again the next time. */
export class Sweeper implements AsyncDisposable {
  private readonly timer: NodeJS.Timeout;
  private running: Promise<void> | undefined;

  constructor(
    private readonly task: {
      /** For the log. */
      readonly what: string;
      readonly intervalMilliseconds: number;
      readonly sweep: () => Promise<void>;
    },
    private readonly log: SweeperLog,
  ) {
    this.begin();
    this.timer = setInterval(() => {
      this.begin();
    }, task.intervalMilliseconds);
    this.timer.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  // A sweep that takes longer than the interval is not joined by a second one.
  private begin(): void {
    this.running ??= this.sweep().finally(() => {
      this.running = undefined;
    });
  }

  private async sweep(): Promise<void> {
    try {
      await this.task.sweep();
    } catch (err) {
      this.log.warn({ err }, `${this.task.what}: failed, next try follows`);
    }
  }
}
