import type { OriginGroupSettings, OriginSettings } from "./front-door-settings";
import { probeOnce, Repeater, type Sample } from "./probe";

/** How long an origin that failed a request is asked last where no probe can vouch for it. */
const distrustMs = 10_000;
/** Weight of the newest answer in what is usual. */
const newestShare = 0.2;

/** What the status shows of an origin. */
export interface OriginHealth {
  name: string;
  host: string;
  priority: number;
  healthy: boolean;
  /** What the newest probe said. */
  detail: string;
}

interface OriginState {
  settings: OriginSettings;
  /** Newest last. */
  samples: Sample[];
  detail: string;
  /** Until then it is asked last; without a limit until probes have vouched for it. */
  distrustedUntil: number;
  /** Probes that have to succeed in a row before it is trusted again. */
  missingVouchers: number;
  usualAnswerMs: number;
}

/**
 * The origins of one group: probes them as declared and says in which order they should be asked.
 *
 * @see https://learn.microsoft.com/azure/frontdoor/health-probes
 */
export class OriginGroup implements Disposable {
  private readonly origins: OriginState[];
  private readonly repeaters: Repeater[];

  constructor(
    readonly settings: OriginGroupSettings,
    private readonly now: () => number = Date.now,
  ) {
    this.origins = settings.origins.map((origin) => ({
      settings: origin,
      samples: [],
      detail: "not probed yet",
      distrustedUntil: 0,
      missingVouchers: 0,
      usualAnswerMs: 0,
    }));
    const { probe } = settings;
    // Front Door doesn't probe a single origin: there is nothing to decide.
    this.repeaters =
      probe === undefined || this.origins.length < 2
        ? []
        : this.origins.map(
            (origin) =>
              new Repeater(probe.intervalMs, async () => {
                this.record(origin, await probeOnce(probe, origin.settings));
              }),
          );
  }

  /**
   * The origins in the order in which a request should try them: the healthy by priority, then those
   * that failed a request a moment ago, then the unhealthy. With every probe failing all count as
   * healthy, as at Front Door.
   */
  candidates(options: { byRequestsToo: boolean }): OriginSettings[] {
    const anyHealthy = this.origins.some((origin) => this.isHealthy(origin));
    const rank = (origin: OriginState): number => {
      if (anyHealthy && !this.isHealthy(origin)) return 2;
      return options.byRequestsToo && this.isDistrusted(origin) ? 1 : 0;
    };
    const groups = new Map<number, OriginState[]>();
    for (const origin of this.origins) {
      const key = rank(origin) * 1_000_000 + origin.settings.priority;
      groups.set(key, [...(groups.get(key) ?? []), origin]);
    }
    return [...groups.keys()]
      .sort((a, b) => a - b)
      .flatMap((key) => this.balanced(groups.get(key) ?? []))
      .map((origin) => origin.settings);
  }

  /**
   * Notes that an origin failed a request, so that the next ones don't wait for it first. It comes back
   * as after failed probes: once as many have succeeded as health takes.
   */
  distrust(name: string): void {
    const origin = this.find(name);
    if (origin === undefined) return;
    if (this.repeaters.length > 0) {
      origin.missingVouchers = this.settings.successfulSamplesRequired;
    } else {
      origin.distrustedUntil = this.now() + distrustMs;
    }
  }

  /** Notes how long an origin took for an answer that it gave. */
  observe(name: string, answerMs: number): void {
    const origin = this.find(name);
    if (origin === undefined) return;
    const { usualAnswerMs } = origin;
    origin.usualAnswerMs =
      usualAnswerMs === 0 ? answerMs : usualAnswerMs + newestShare * (answerMs - usualAnswerMs);
  }

  /** How long an origin's answers took of late; 0 while there is none. */
  usualAnswerMs(name: string): number {
    return this.find(name)?.usualAnswerMs ?? 0;
  }

  health(): OriginHealth[] {
    return this.origins.map((origin) => ({
      name: origin.settings.name,
      host: origin.settings.host,
      priority: origin.settings.priority,
      healthy: this.isHealthy(origin),
      detail: origin.detail,
    }));
  }

  [Symbol.dispose](): void {
    for (const repeater of this.repeaters) repeater[Symbol.dispose]();
  }

  private find(name: string): OriginState | undefined {
    return this.origins.find(({ settings }) => settings.name === name);
  }

  /** Takes in what a probe found. */
  private record(origin: OriginState, sample: Sample): void {
    origin.samples = [...origin.samples, sample].slice(-this.settings.sampleSize);
    origin.detail = sample.detail;
    if (origin.missingVouchers === 0) return;
    origin.missingVouchers = sample.success
      ? origin.missingVouchers - 1
      : this.settings.successfulSamplesRequired;
  }

  private isDistrusted({ distrustedUntil, missingVouchers }: OriginState): boolean {
    return missingVouchers > 0 || distrustedUntil > this.now();
  }

  /** An origin starts out trusted: samples it doesn't have yet count as successes. */
  private isHealthy({ samples }: OriginState): boolean {
    const { sampleSize, successfulSamplesRequired } = this.settings;
    const failures = samples.filter(({ success }) => !success).length;
    return sampleSize - failures >= successfulSamplesRequired;
  }

  /** Fast ones first, among them at random by weight. */
  private balanced(origins: OriginState[]): OriginState[] {
    if (origins.length < 2) return origins;
    const latencies = new Map(origins.map((origin) => [origin, meanLatencyMs(origin.samples)]));
    const fastest = Math.min(...latencies.values());
    const limit = fastest + this.settings.additionalLatencyMs;
    return origins
      .map((origin) => ({
        origin,
        slow: Number((latencies.get(origin) ?? 0) > limit),
        draw: Math.random() ** (1 / origin.settings.weight),
      }))
      .sort((a, b) => a.slow - b.slow || b.draw - a.draw)
      .map(({ origin }) => origin);
  }
}

/** Over the probes that succeeded; 0, as good as the fastest, while there is none. */
function meanLatencyMs(samples: readonly Sample[]): number {
  const good = samples.filter(({ success }) => success);
  if (good.length === 0) return 0;
  return good.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / good.length;
}
