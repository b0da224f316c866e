import { trafficManagerPortUser } from "../stand-in/kinds/traffic-manager";
import { listAt, numberAt, textAt } from "../stand-in/properties";
import type { ResourceRecord, ResourceRecords } from "../stand-in/resource-records";
import type { PortBook } from "../storage/port-book";
import type { ProbeSettings } from "./front-door-settings";
import type { TrafficEndpoint, TrafficProfile } from "./traffic-manager-settings";

/**
 * Traffic Manager's own values where a profile declares none.
 *
 * @see https://learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring
 */
const defaults = {
  ttlSeconds: 60,
  intervalSeconds: 30,
  timeoutSeconds: 10,
  toleratedFailures: 3,
};

/** Reads what is declared of Traffic Manager. */
export function declaredTrafficManager(
  records: ResourceRecords,
  ports: PortBook,
): TrafficProfile[] {
  return records.ofType("azure-native:trafficmanager:Profile").flatMap((profile) => {
    const port = ports.known(trafficManagerPortUser(profile.id));
    if (port === undefined) return [];
    const { inputs, id } = profile;
    const weighted = textAt(inputs, "trafficRoutingMethod") === "Weighted";
    return [
      {
        id: id.toLowerCase(),
        name: id.split("/").pop() ?? id,
        port,
        enabled: textAt(inputs, "profileStatus") !== "Disabled",
        method: weighted ? ("weighted" as const) : ("priority" as const),
        ttlMs: 1000 * (numberAt(inputs, "dnsConfig.ttl") ?? defaults.ttlSeconds),
        probe: declaredProbe(profile),
        toleratedFailures:
          numberAt(inputs, "monitorConfig.toleratedNumberOfFailures") ?? defaults.toleratedFailures,
        endpoints: endpointsOf(records, profile),
      },
    ];
  });
}

function declaredProbe({ inputs }: ResourceRecord): ProbeSettings {
  const protocol = (textAt(inputs, "monitorConfig.protocol") ?? "HTTP").toLowerCase();
  const ranges = listAt(inputs, "monitorConfig.expectedStatusCodeRanges").map(
    (range) => [numberAt(range, "min") ?? 200, numberAt(range, "max") ?? 200] as const,
  );
  return {
    path: textAt(inputs, "monitorConfig.path") ?? "/",
    protocol: protocol === "tcp" || protocol === "https" ? protocol : "http",
    method: "GET",
    intervalMs:
      1000 * (numberAt(inputs, "monitorConfig.intervalInSeconds") ?? defaults.intervalSeconds),
    timeoutMs:
      1000 * (numberAt(inputs, "monitorConfig.timeoutInSeconds") ?? defaults.timeoutSeconds),
    statuses: ranges.length > 0 ? ranges : [[200, 200]],
  };
}

function endpointsOf(records: ResourceRecords, profile: ResourceRecord): TrafficEndpoint[] {
  const prefix = `${profile.id.toLowerCase()}/`;
  return records
    .ofType("azure-native:trafficmanager:Endpoint")
    .filter(({ id }) => id.toLowerCase().startsWith(prefix))
    .map((record, index) => declaredEndpoint(record, index));
}

function declaredEndpoint({ id, inputs }: ResourceRecord, index: number): TrafficEndpoint {
  const nested = textAt(inputs, "targetResourceId");
  return {
    name: id.split("/").pop() ?? id,
    enabled: textAt(inputs, "endpointStatus") !== "Disabled",
    target:
      nested === undefined
        ? { host: textAt(inputs, "target") ?? "" }
        : {
            profileId: nested.toLowerCase(),
            minHealthy: numberAt(inputs, "minChildEndpoints") ?? 1,
          },
    priority: numberAt(inputs, "priority") ?? index + 1,
    weight: numberAt(inputs, "weight") ?? 1,
    alwaysServe: textAt(inputs, "alwaysServe") === "Enabled",
  };
}
