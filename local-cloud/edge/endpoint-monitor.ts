import { probeOnce, Repeater } from "./probe";
import type { TrafficEndpoint, TrafficProfile } from "./traffic-manager-settings";

/** What is known of an endpoint, in Traffic Manager's words. */
export type EndpointStatus = "CheckingEndpoint" | "Online" | "Degraded" | "Disabled";

interface Watched {
  endpoint: TrafficEndpoint;
  failuresInARow: number;
  status: EndpointStatus;
  detail: string;
  repeater: Repeater | undefined;
}

/** Probes the endpoints of a profile and says which of them are online. */
export class EndpointMonitor implements Disposable {
  private readonly watched: Watched[];

  constructor(readonly profile: TrafficProfile) {
    this.watched = profile.endpoints.map((endpoint) => this.watch(endpoint));
  }

  /** Status and last finding by endpoint name. */
  status(): ReadonlyMap<string, { status: EndpointStatus; detail: string }> {
    return new Map(
      this.watched.map(({ endpoint, status, detail }) => [endpoint.name, { status, detail }]),
    );
  }

  [Symbol.dispose](): void {
    for (const { repeater } of this.watched) repeater?.[Symbol.dispose]();
  }

  private watch(endpoint: TrafficEndpoint): Watched {
    const watched: Watched = {
      endpoint,
      failuresInARow: 0,
      status: endpoint.enabled ? "CheckingEndpoint" : "Disabled",
      detail: "not probed yet",
      repeater: undefined,
    };
    if (!endpoint.enabled || !("host" in endpoint.target)) return watched;
    if (endpoint.alwaysServe) return { ...watched, status: "Online", detail: "always served" };
    const target = { host: endpoint.target.host, hostHeader: endpoint.target.host };
    const { probe } = this.profile;
    watched.repeater = new Repeater(probe.intervalMs, async () => {
      const { success, detail } = await probeOnce(probe, target);
      watched.detail = detail;
      watched.failuresInARow = success ? 0 : watched.failuresInARow + 1;
      if (success) watched.status = "Online";
      else if (watched.failuresInARow > this.profile.toleratedFailures) watched.status = "Degraded";
    });
    return watched;
  }
}
