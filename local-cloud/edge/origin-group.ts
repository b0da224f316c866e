import type { OriginGroupSettings, OriginSettings } from "./front-door-settings";
import { probeOnce, Repeater, type Sample } from "./probe";

/** How long an origin that failed a request is asked last, unless a probe succeeds earlier. */
const distrustMs = 10_000;

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
  samples: boolean[];
  latencyMs: number;
  detail: string;
  distrustedUntil: number;
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
      latencyMs: 0,
      detail: "not probed yet",
      distrustedUntil: 0,
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
      return options.byRequestsToo && origin.distrustedUntil > this.now() ? 1 : 0;
    };
    const ranks = new Map(this.origins.map((origin) => [origin, rank(origin)]));
    const groups = new Map<string, OriginState[]>();
    for (const origin of this.origins) {
      const key = `${String(ranks.get(origin))}:${origin.settings.priority.toString().padStart(6, "0")}`;
      groups.set(key, [...(groups.get(key) ?? []), origin]);
    }
    return [...groups.keys()]
      .sort()
      .flatMap((key) => this.balanced(groups.get(key) ?? []))
      .map((origin) => origin.settings);
  }

  /** Notes that an origin failed a request, so that the next ones don't wait for it first. */
  distrust(name: string): void {
    const origin = this.origins.find((candidate) => candidate.settings.name === name);
    const intervalMs = this.settings.probe?.intervalMs ?? 0;
    if (origin) origin.distrustedUntil = this.now() + Math.max(distrustMs, intervalMs);
  }

  /** Takes in what a probe found. */
  record(origin: { settings: { name: string } }, sample: Sample): void {
    const state = this.origins.find(({ settings }) => settings.name === origin.settings.name);
    if (state === undefined) return;
    state.samples = [...state.samples, sample.success].slice(-this.settings.sampleSize);
    state.detail = sample.detail;
    if (!sample.success) return;
    state.latencyMs = sample.latencyMs;
    state.distrustedUntil = 0;
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

  /** An origin starts out trusted: samples it doesn't have yet count as successes. */
  private isHealthy({ samples }: OriginState): boolean {
    const { sampleSize, successfulSamplesRequired } = this.settings;
    const successes = samples.filter(Boolean).length + (sampleSize - samples.length);
    return successes >= successfulSamplesRequired;
  }

  /** Fast ones first, among them at random by weight. */
  private balanced(origins: OriginState[]): OriginState[] {
    if (origins.length < 2) return origins;
    const fastest = Math.min(...origins.map(({ latencyMs }) => latencyMs));
    const limit = fastest + this.settings.additionalLatencyMs;
    return origins
      .map((origin) => ({
        origin,
        slow: origin.latencyMs > limit,
        draw: Math.random() ** (1 / origin.settings.weight),
      }))
      .sort((a, b) => Number(a.slow) - Number(b.slow) || b.draw - a.draw)
      .map(({ origin }) => origin);
  }
}
