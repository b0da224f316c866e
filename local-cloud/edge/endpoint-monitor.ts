import { probeOnce, Repeater } from "./probe";
import type { TrafficEndpoint, TrafficProfile } from "./traffic-manager-settings";

/** What probes found of an endpoint. */
export interface Finding {
  health: "unknown" | "good" | "bad";
  /** What the newest probe said. */
  detail: string;
}

/** Probes the endpoints of a profile that are hosts. */
export class EndpointMonitor implements Disposable {
  private readonly findings = new Map<string, Finding>();
  private readonly repeaters: Repeater[];

  constructor(readonly profile: TrafficProfile) {
    // Nothing is monitored in a profile that is switched off.
    this.repeaters = profile.enabled ? profile.endpoints.flatMap((each) => this.watch(each)) : [];
  }

  /** What was found of an endpoint; without a probe nothing is known. */
  finding(name: string): Finding {
    return this.findings.get(name) ?? { health: "unknown", detail: "not probed yet" };
  }

  [Symbol.dispose](): void {
    for (const repeater of this.repeaters) repeater[Symbol.dispose]();
  }

  private watch({ name, enabled, target, alwaysServe, probeHeaders }: TrafficEndpoint): Repeater[] {
    if (!enabled || alwaysServe || !("host" in target)) return [];
    const { probe, toleratedFailures } = this.profile;
    const settings = { ...probe, headers: { ...probe.headers, ...probeHeaders } };
    let failuresInARow = 0;
    const repeater = new Repeater(probe.intervalMs, async () => {
      const { success, detail } = await probeOnce(settings, {
        host: target.host,
        hostHeader: target.host,
      });
      failuresInARow = success ? 0 : failuresInARow + 1;
      const before = this.finding(name).health;
      const fails = failuresInARow > toleratedFailures;
      this.findings.set(name, {
        health: success ? "good" : fails ? "bad" : before,
        detail,
      });
    });
    return [repeater];
  }
}
