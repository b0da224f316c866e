import type { ProbeSettings } from "./front-door-settings";

/** Where a profile's name can resolve to. */
export interface TrafficEndpoint {
  name: string;
  enabled: boolean;
  /** The host, or the id of a nested profile. */
  target: { host: string } | { profileId: string; minHealthy: number };
  /** The lowest number among the online ones is answered (routing method Priority). */
  priority: number;
  /** Share of the answers (routing method Weighted). */
  weight: number;
  /** Never probed, always online. */
  alwaysServe: boolean;
}

/** A Traffic Manager profile. */
export interface TrafficProfile {
  id: string;
  name: string;
  port: number;
  enabled: boolean;
  method: "priority" | "weighted";
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
