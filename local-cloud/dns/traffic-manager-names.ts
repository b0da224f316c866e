import type { TrafficManager } from "../edge/traffic-manager";
import type { ZoneName } from "./zone";

/** Traffic Manager's profiles as names; what routes connections also answers questions. */
export function trafficManagerNames(
  manager: Pick<TrafficManager, "declared" | "resolve">,
): ZoneName[] {
  return manager.declared().map((profile) => ({
    relativeName: profile.relativeName,
    enabled: profile.enabled,
    ttlSeconds: profile.ttlMs / 1000,
    endpoints: profile.endpoints,
    resolve() {
      const found = manager.resolve(profile.id);
      if (found === undefined) return undefined;
      const { name, location } = found.endpoint;
      return { name, location, host: found.host };
    },
  }));
}
