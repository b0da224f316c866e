import type { ProbeSettings } from "./front-door-settings";

/** How many endpoints of a nested profile must be well for it to be. */
export interface ChildMinimum {
  any: number;
  ipv4: number;
  ipv6: number;
}

/** Where a profile's name can resolve to. */
export interface TrafficEndpoint {
  name: string;
  enabled: boolean;
  /** The host, or the id of a nested profile. */
  target: { host: string } | { profileId: string; minHealthy: ChildMinimum };
  /** The lowest number among the online ones is answered (routing method Priority). */
  priority: number;
  /** Share of the answers (routing method Weighted). */
  weight: number;
  /** Azure region; the nearest to the client is answered (routing method Performance). */
  location: string | undefined;
  /** Never probed, always answered. */
  alwaysServe: boolean;
  /** Sent with probes, over those of the profile. */
  probeHeaders: Readonly<Record<string, string>>;
}

/** A Traffic Manager profile. */
export interface TrafficProfile {
  id: string;
  name: string;
  /** Leftmost label of its host under `trafficmanager.net`. */
  relativeName: string;
  port: number;
  enabled: boolean;
  method: "priority" | "weighted" | "performance";
  /** How long an answer is kept by who asked. */
  ttlMs: number;
  probe: ProbeSettings;
  /** Probes that may fail in a row before an endpoint is degraded. */
  toleratedFailures: number;
  endpoints: readonly TrafficEndpoint[];
}

/**
 * The longest time from the loss of an endpoint until clients are sent elsewhere, in milliseconds: it
 * was probed a moment before, every further probe fails, the last one by time-out, and a client
 * resolved the name a moment before that.
 *
 * @see https://learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring
 */
export function worstFailoverMs(
  profile: Pick<TrafficProfile, "probe" | "toleratedFailures" | "ttlMs">,
): { detectionMs: number; totalMs: number } {
  const { intervalMs, timeoutMs } = profile.probe;
  const detectionMs = intervalMs * (profile.toleratedFailures + 1) + timeoutMs;
  return { detectionMs, totalMs: detectionMs + profile.ttlMs };
}
