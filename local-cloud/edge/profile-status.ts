import { isIPv6 } from "node:net";
import type { EndpointMonitor } from "./endpoint-monitor";
import type { ChildMinimum, TrafficEndpoint, TrafficProfile } from "./traffic-manager-settings";

/** How an endpoint is, in Traffic Manager's words. */
export type EndpointStatus =
  "CheckingEndpoint" | "Online" | "Degraded" | "Disabled" | "Inactive" | "Stopped" | "Unmonitored";

/** How a profile is, in Traffic Manager's words. */
export type ProfileStatus = "CheckingEndpoints" | "Online" | "Degraded" | "Disabled" | "Inactive";

/** Finds what is known of a profile. */
export type ProfileLookup = (
  profileId: string,
) => { monitor: Pick<EndpointMonitor, "profile" | "finding"> } | undefined;

/** Profiles can be nested in each other; Azure allows ten levels. */
export const maxNesting = 10;

/** Statuses with which an endpoint is answered. */
const served: ReadonlySet<EndpointStatus> = new Set(["CheckingEndpoint", "Online", "Unmonitored"]);

/**
 * The status of every endpoint of a profile.
 *
 * @see https://learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring
 */
export function endpointStatuses(
  profileId: string,
  lookup: ProfileLookup,
  depth = 0,
): Map<TrafficEndpoint, EndpointStatus> {
  const monitor = lookup(profileId)?.monitor;
  if (monitor === undefined || depth > maxNesting) return new Map();
  const { profile } = monitor;
  return new Map(
    profile.endpoints.map((endpoint) => {
      if (!endpoint.enabled) return [endpoint, "Disabled"];
      if (!profile.enabled) return [endpoint, "Inactive"];
      if (endpoint.alwaysServe) return [endpoint, "Unmonitored"];
      if ("host" in endpoint.target) return [endpoint, ofHost(monitor, endpoint.name)];
      const { profileId: child, minHealthy } = endpoint.target;
      const children = endpointStatuses(child, lookup, depth + 1);
      return [endpoint, ofChild(lookup(child)?.monitor.profile, children, minHealthy)];
    }),
  );
}

/** The status of a profile, from those of its endpoints. */
export function profileStatus(
  { enabled }: Pick<TrafficProfile, "enabled">,
  endpoints: Iterable<EndpointStatus>,
): ProfileStatus {
  if (!enabled) return "Disabled";
  const found = new Set(endpoints);
  if (found.has("Degraded")) return "Degraded";
  if (found.has("Online") || found.has("Unmonitored")) return "Online";
  return found.has("CheckingEndpoint") ? "CheckingEndpoints" : "Inactive";
}

/**
 * The endpoints that can be answered: those that are well, and with none of them all that are degraded,
 * as if they were.
 */
export function answerable(
  statuses: ReadonlyMap<TrafficEndpoint, EndpointStatus>,
): TrafficEndpoint[] {
  const withStatus = (fits: (status: EndpointStatus) => boolean): TrafficEndpoint[] =>
    [...statuses].filter(([, status]) => fits(status)).map(([endpoint]) => endpoint);
  const well = withStatus((status) => served.has(status));
  return well.length > 0 ? well : withStatus((status) => status === "Degraded");
}

function ofHost(monitor: Pick<EndpointMonitor, "finding">, name: string): EndpointStatus {
  const { health } = monitor.finding(name);
  if (health === "unknown") return "CheckingEndpoint";
  return health === "good" ? "Online" : "Degraded";
}

function ofChild(
  child: TrafficProfile | undefined,
  children: ReadonlyMap<TrafficEndpoint, EndpointStatus>,
  minimum: ChildMinimum,
): EndpointStatus {
  if (child === undefined) return "Stopped";
  const own = profileStatus(child, children.values());
  if (own === "Disabled" || own === "Inactive") return "Stopped";
  const withStatus = (...statuses: EndpointStatus[]): TrafficEndpoint[] =>
    [...children].filter(([, status]) => statuses.includes(status)).map(([endpoint]) => endpoint);
  if (isEnough(withStatus("Online", "Unmonitored"), minimum)) return "Online";
  return isEnough(withStatus("Online", "Unmonitored", "CheckingEndpoint"), minimum)
    ? "CheckingEndpoint"
    : "Degraded";
}

function isEnough(endpoints: readonly TrafficEndpoint[], minimum: ChildMinimum): boolean {
  const ipv6 = endpoints.filter(({ target }) => "host" in target && isIPv6Host(target.host)).length;
  return (
    endpoints.length >= minimum.any &&
    endpoints.length - ipv6 >= minimum.ipv4 &&
    ipv6 >= minimum.ipv6
  );
}

/** Such as `::1` or `[::1]:80`. */
function isIPv6Host(host: string): boolean {
  return isIPv6(/^\[(.*)\]/.exec(host)?.[1] ?? host);
}
