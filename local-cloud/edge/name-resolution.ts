import { answerable, endpointStatuses, maxNesting, type ProfileLookup } from "./profile-status";
import { regionDistanceKm } from "../../policy/region-distance";
import type { TrafficEndpoint, TrafficProfile } from "./traffic-manager-settings";

/** What a profile's name resolves to. */
export interface Resolution {
  host: string;
  endpoint: TrafficEndpoint;
}

/** What {@link resolveName} goes by. */
export interface ResolutionContext {
  lookup: ProfileLookup;
  /** Azure region that the client is taken to be in. */
  clientRegion: string;
}

/** What a profile's name resolves to now; `undefined` when it has nothing to answer. */
export function resolveName(
  profileId: string,
  context: ResolutionContext,
  depth = 0,
): Resolution | undefined {
  const profile = context.lookup(profileId)?.monitor.profile;
  if (profile?.enabled !== true || depth > maxNesting) return undefined;
  const choices = answerable(endpointStatuses(profileId, context.lookup, depth));
  for (const endpoint of ordered(profile.method, choices, context.clientRegion)) {
    const { target } = endpoint;
    const found =
      "host" in target
        ? { host: target.host, endpoint }
        : resolveName(target.profileId, context, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function ordered(
  method: TrafficProfile["method"],
  endpoints: readonly TrafficEndpoint[],
  clientRegion: string,
): TrafficEndpoint[] {
  const rank = (endpoint: TrafficEndpoint): number => {
    if (method === "priority") return endpoint.priority;
    if (method === "weighted") return -(Math.random() ** (1 / endpoint.weight));
    return regionDistanceKm(clientRegion, endpoint.location ?? "") ?? Number.MAX_VALUE;
  };
  return endpoints
    .map((endpoint) => ({ endpoint, rank: rank(endpoint) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ endpoint }) => endpoint);
}
