import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { items, knownProperty } from "../property";

const PROBE_PATH = "/readyz";

/** One way that viewers can be sent. */
interface Endpoint {
  readonly type: unknown;
  readonly enabled: boolean;
}

/** A router with one way left routes nothing, and one that probes the wrong thing sends viewers astray. */
export const trafficManagerFailover: StackValidationPolicy = {
  name: "traffic-manager-failover",
  description: "Traffic Manager has two enabled endpoints or more, and probes /readyz.",
  validateStack: ({ resources }, report) => {
    for (const profile of resources) {
      if (profile.type !== "azure-native:trafficmanager:Profile") continue;
      const path = knownProperty(profile.props, "monitorConfig", "path");
      if (path !== PROBE_PATH) {
        report(
          `Profile '${profile.name}' probes ${JSON.stringify(path ?? null)}; set monitorConfig.path to ${PROBE_PATH}, ` +
            "which also asks whether the data center can serve.",
          profile.urn,
        );
      }
      const endpoints = [...inline(profile), ...separate(profile, resources)];
      const enabled = endpoints.filter((endpoint) => endpoint.enabled).length;
      if (endpoints.length >= 2 && enabled >= (isSwitchedByHand(endpoints) ? 1 : 2)) continue;
      report(
        `Profile '${profile.name}' has ${enabled} enabled endpoints of ${endpoints.length}; it needs two to fail over.`,
        profile.urn,
      );
    }
  },
};

// A parent of a nested profile is switched by hand: that one of its ways is closed is what it is for.
function isSwitchedByHand(endpoints: readonly Endpoint[]): boolean {
  return endpoints.some(({ type }) => /nestedEndpoints$/i.test(String(type)));
}

function inline(profile: PolicyResource): Endpoint[] {
  return items(profile.props, "endpoints").map(endpoint);
}

function separate(profile: PolicyResource, resources: readonly PolicyResource[]): Endpoint[] {
  return resources
    .filter(({ type }) => type === "azure-native:trafficmanager:Endpoint")
    .filter((candidate) => belongsTo(candidate, profile))
    .map(({ props }) => endpoint(props));
}

// A profile's name is not known yet when it is first previewed; that an endpoint depends on it is.
function belongsTo(candidate: PolicyResource, profile: PolicyResource): boolean {
  const named = knownProperty(candidate.props, "profileName");
  if (named !== undefined) return named === knownProperty(profile.props, "profileName");
  return (candidate.propertyDependencies["profileName"] ?? candidate.dependencies).includes(
    profile,
  );
}

function endpoint(props: unknown): Endpoint {
  return {
    type: knownProperty(props, "endpointType") ?? knownProperty(props, "type"),
    // Azure's default is Enabled.
    enabled: (knownProperty(props, "endpointStatus") ?? "Enabled") === "Enabled",
  };
}
