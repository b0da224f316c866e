import type { EdgeDeps } from "./edge-exchange";
import type { OriginSettings } from "./front-door-settings";
import type { OriginGroup } from "./origin-group";
import { failureOf, type OriginAnswer, OriginFailure, type OriginRequest } from "./origin-request";

/** What came of asking an origin. */
export type Result = OriginAnswer | OriginFailure;

/** A request that any origin of a group can answer. */
export interface RaceRequest {
  group: OriginGroup;
  /** What every origin is asked; the rest is the race's. */
  asking: Omit<OriginRequest, "origin" | "abort" | "timeoutMs" | "bufferBytes">;
  /** Whether it may be asked more than once. */
  mayRepeat: boolean;
  /** Whether the answer is wanted whole even where nobody is left to repeat it. */
  wantsWhole: boolean;
  responseTimeoutMs: number;
  stop: AbortSignal;
}

interface Runner {
  origin: OriginSettings;
  index: number;
  abort: AbortController;
  startedAt: number;
  result: Promise<{ runner: Runner; result: Result }>;
}

/** A gateway's status says that the origin is not well; a 500 may be about the one thing asked for. */
const gatewayStatuses: ReadonlySet<number> = new Set([502, 503, 504]);

/** An origin is well that says these: another one may have what it lacks, or does not give any more. */
const missingStatuses: ReadonlySet<number> = new Set([403, 404]);

/** Whether another origin may do better: it may have what this one lacks or can't read. */
function isFailed(result: Result): boolean {
  if (result instanceof OriginFailure) return true;
  return result.status >= 500 || missingStatuses.has(result.status);
}

/**
 * Asks the origins of a group in their order until one can answer: the next one when one fails, and
 * also when one is slow, while that one may still win. Only origins that fail are asked twice of, and
 * those that lose a race are asked last for a while, so that traffic isn't doubled.
 */
export class OriginRace {
  private readonly candidates: readonly OriginSettings[];
  private readonly running = new Set<Runner>();
  private readonly failed: { index: number; result: Result }[] = [];
  private started = 0;

  constructor(
    private readonly deps: Pick<EdgeDeps, "client" | "retry" | "log" | "counters">,
    private readonly request: RaceRequest,
  ) {
    const all = request.group.candidates({ byRequestsToo: deps.retry.enabled });
    this.candidates = deps.retry.enabled && request.mayRepeat ? all : all.slice(0, 1);
  }

  /** The best answer there is; `undefined` where there is no origin. */
  async run(): Promise<Result | undefined> {
    const { stop } = this.request;
    const end = (): void => {
      for (const { abort } of this.running) abort.abort(stop.reason);
    };
    stop.addEventListener("abort", end, { once: true });
    try {
      return await this.race();
    } finally {
      stop.removeEventListener("abort", end);
    }
  }

  private async race(): Promise<Result | undefined> {
    this.startNext();
    while (this.running.size > 0) {
      const arrival = await this.nextArrival();
      if (arrival === "slow") {
        this.deps.counters.hedged += 1;
        this.startNext();
        continue;
      }
      const { runner, result } = arrival;
      this.running.delete(runner);
      if (!isFailed(result)) return this.won(runner, result);
      this.failed.push({ index: runner.index, result });
      if (this.request.stop.aborted) break;
      this.note(runner, result);
      if (this.running.size === 0) this.startNext();
    }
    return this.leastBad();
  }

  private startNext(): void {
    const index = this.started;
    const origin = this.candidates[index];
    if (origin === undefined) return;
    this.started += 1;
    const abort = new AbortController();
    const runner: Runner = {
      origin,
      index,
      abort,
      startedAt: performance.now(),
      result: this.attempt(origin, abort).then((result) => ({ runner, result })),
    };
    this.running.add(runner);
  }

  private async attempt(origin: OriginSettings, abort: AbortController): Promise<Result> {
    const { client, retry } = this.deps;
    const { asking, responseTimeoutMs, wantsWhole } = this.request;
    const isLast = this.started === this.candidates.length;
    const isAlone = isLast && this.running.size === 0;
    try {
      return await client.ask({
        ...asking,
        origin,
        abort,
        timeoutMs: isLast ? responseTimeoutMs : Math.min(responseTimeoutMs, retry.tryNextAfterMs),
        // After the last origin there is nobody to repeat a broken answer.
        bufferBytes: isAlone && !wantsWhole ? 0 : retry.bufferBytes,
      });
    } catch (error) {
      return error instanceof OriginFailure ? error : failureOf(error, origin.name);
    }
  }

  /** The next result, or that the newest runner has been slow while somebody else could be asked. */
  private async nextArrival(): Promise<{ runner: Runner; result: Result } | "slow"> {
    const results = [...this.running].map(({ result }) => result);
    const newest = [...this.running].at(-1);
    if (newest === undefined || this.started === this.candidates.length) {
      return Promise.race(results);
    }
    let timer: NodeJS.Timeout | undefined;
    const waitMs = newest.startedAt + this.patienceMs(newest.origin) - performance.now();
    const slow = new Promise<"slow">((resolve) => {
      timer = setTimeout(resolve, Math.max(0, waitMs), "slow");
    });
    try {
      return await Promise.race([...results, slow]);
    } finally {
      clearTimeout(timer);
    }
  }

  private patienceMs({ name }: OriginSettings): number {
    const { patienceMs, tryNextAfterMs } = this.deps.retry;
    const usualMs = this.request.group.usualAnswerMs(name);
    return Math.min(Math.max(patienceMs, 3 * usualMs), tryNextAfterMs);
  }

  private won(winner: Runner, result: Result): Result {
    const { group } = this.request;
    group.observe(winner.origin.name, performance.now() - winner.startedAt);
    for (const loser of this.running) {
      loser.abort.abort(new Error("another origin was faster"));
      // Only one that was asked earlier has lost; the later one has just had less time.
      if (loser.index < winner.index) this.leave(loser.origin, "was slow");
    }
    this.letGo(result);
    if (winner.index > 0) this.deps.counters.rescued += 1;
    return result;
  }

  private note(runner: Runner, result: Result): void {
    if (result instanceof OriginFailure) this.leave(runner.origin, result.message);
    else if (gatewayStatuses.has(result.status)) {
      this.leave(runner.origin, `answered ${result.status.toString()}`);
    } else {
      const { path } = this.request.asking;
      this.deps.log.debug(
        { origin: runner.origin.name, path, status: result.status },
        "can't serve",
      );
    }
  }

  private leave(origin: OriginSettings, why: string): void {
    this.request.group.distrust(origin.name);
    const { path } = this.request.asking;
    this.deps.log.warn({ origin: origin.name, path, why }, "an origin failed a request");
  }

  /**
   * With every origin failing: that the first one doesn't have it, which is no failure of anybody's,
   * or else the last thing that was answered.
   */
  private leastBad(): Result | undefined {
    const first = this.failed.find(({ index }) => index === 0)?.result;
    const found =
      first !== undefined && !(first instanceof OriginFailure) && missingStatuses.has(first.status)
        ? first
        : this.failed.at(-1)?.result;
    this.letGo(found);
    return found;
  }

  /** Lets go of the bodies that nobody will read. */
  private letGo(kept: Result | undefined): void {
    for (const { result } of this.failed) {
      if (result !== kept && !(result instanceof OriginFailure)) result.cancel();
    }
  }
}
