import { loopback } from "../../storage/port-book";
import { absolutePath, host, inResourceGroup, type ResourceKind } from "./resource-kind";

const profilePattern = "Microsoft.Network/trafficManagerProfiles/{profileName}";

/** Name under which a Traffic Manager profile keeps its port. */
export function trafficManagerPortUser(profileId: string): string {
  return `traffic-manager:${profileId.toLowerCase()}`;
}

/** The port a first profile gets when it is free. */
const preferredPort = 27_190;

/** A Traffic Manager profile: a port whose connections go where its name would resolve to. */
const profile: ResourceKind = {
  declaration: {
    token: "azure-native:trafficmanager:Profile",
    idPattern: inResourceGroup(profilePattern),
    required: ["dnsConfig.relativeName", "monitorConfig.protocol"],
    choices: { location: ["global", "Global"] },
    ranges: {
      "dnsConfig.ttl": [0, 2_147_483_647],
      "monitorConfig.port": [1, 65_535],
      "monitorConfig.toleratedNumberOfFailures": [0, 9],
      "monitorConfig.intervalInSeconds": [10, 30],
      "monitorConfig.timeoutInSeconds": [5, 10],
      "monitorConfig.expectedStatusCodeRanges[].min": [100, 999],
      "monitorConfig.expectedStatusCodeRanges[].max": [100, 999],
      "endpoints[].priority": [1, 1_000],
      "endpoints[].weight": [1, 1_000],
    },
    patterns: {
      trafficRoutingMethod: {
        pattern: /^(Priority|Weighted|Performance)$/,
        rule: "is not a routing method that the local cloud obeys; Priority, Weighted and Performance are",
      },
      "monitorConfig.path": absolutePath,
      "endpoints[].target": host,
      "dnsConfig.relativeName": {
        pattern: /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/,
        rule: "must be 1 to 63 letters, digits and hyphens",
      },
    },
    replacedBy: ["location"],
  },
  maker: {
    startOrder: 4,
    computed: ["dnsConfig.fqdn"],
    async apply({ id }, cloud) {
      const port = await cloud.ports.portFor(trafficManagerPortUser(id), preferredPort);
      await cloud.reconfigureEdge();
      return { outputs: { "dnsConfig.fqdn": `${loopback}:${port.toString()}` } };
    },
    async remove({ id }, cloud) {
      await cloud.reconfigureEdge();
      cloud.ports.release(trafficManagerPortUser(id));
    },
  },
};

/** One target of a profile. */
const endpoint: ResourceKind = {
  declaration: {
    token: "azure-native:trafficmanager:Endpoint",
    idPattern: inResourceGroup(`${profilePattern}/{endpointType}/{endpointName}`),
    patterns: {
      endpointType: {
        pattern: /^(External|Nested)Endpoints$/,
        rule: "is not a type that the local cloud can reach; ExternalEndpoints and NestedEndpoints are",
      },
      target: host,
    },
    ranges: {
      priority: [1, 1_000],
      weight: [1, 1_000],
      minChildEndpoints: [0, 1_000],
      minChildEndpointsIPv4: [0, 1_000],
      minChildEndpointsIPv6: [0, 1_000],
    },
    // Only a profile can be nested.
    references: { targetResourceId: "Microsoft.Network/trafficManagerProfiles" },
  },
  maker: {
    startOrder: 4,
    computed: ["endpointMonitorStatus"],
    async apply(_declared, cloud) {
      await cloud.reconfigureEdge();
      return { outputs: { endpointMonitorStatus: "CheckingEndpoint" } };
    },
    remove: (_declared, cloud) => cloud.reconfigureEdge(),
  },
};

/** The kinds that together declare Traffic Manager. */
export const trafficManagerKinds: readonly ResourceKind[] = [profile, endpoint];
