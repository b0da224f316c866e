import { isKnownRegion } from "../../policy/region-distance";
import type { TrafficProfile } from "./traffic-manager-settings";

/** What is declared of Traffic Manager that the router can't do, as sentences for the user. */
export function unobeyedOfTrafficManager(profiles: readonly TrafficProfile[]): string[] {
  return profiles
    .filter(({ method }) => method === "performance")
    .flatMap(({ name, endpoints }) =>
      endpoints
        .filter(({ location = "" }) => !isKnownRegion(location))
        .map(
          (endpoint) =>
            `Traffic Manager ${name} doesn't know where "${endpoint.location ?? ""}" is; ` +
            `endpoint ${endpoint.name} counts as farthest`,
        ),
    );
}
