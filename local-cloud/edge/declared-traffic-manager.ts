import { trafficManagerPortUser } from "../stand-in/kinds/traffic-manager";
import { listAt, numberAt, type Properties, textAt, type Value } from "../stand-in/properties";
import type { ResourceRecord, ResourceRecords } from "../stand-in/resource-records";
import type { PortBook } from "../storage/port-book";
import type { ProbeSettings } from "./front-door-settings";
import type { ChildMinimum, TrafficEndpoint, TrafficProfile } from "./traffic-manager-settings";

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

/** The routing methods that are obeyed; declaring another is refused. */
const methods: Readonly<Record<string, TrafficProfile["method"]>> = {
  Priority: "priority",
  Weighted: "weighted",
  Performance: "performance",
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
    const name = id.split("/").pop() ?? id;
    return [
      {
        id: id.toLowerCase(),
        name,
        relativeName: textAt(inputs, "dnsConfig.relativeName") ?? name,
        port,
        enabled: textAt(inputs, "profileStatus") !== "Disabled",
        method: methods[textAt(inputs, "trafficRoutingMethod") ?? ""] ?? "priority",
        ttlMs: 1000 * (numberAt(inputs, "dnsConfig.ttl") ?? defaults.ttlSeconds),
        probe: declaredProbe(inputs),
        toleratedFailures:
          numberAt(inputs, "monitorConfig.toleratedNumberOfFailures") ?? defaults.toleratedFailures,
        endpoints: endpointsOf(records, profile),
      },
    ];
  });
}

function declaredProbe(inputs: Properties): ProbeSettings {
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
    headers: declaredHeaders(listAt(inputs, "monitorConfig.customHeaders")),
  };
}

function declaredHeaders(headers: readonly Value[]): Record<string, string> {
  return Object.fromEntries(
    headers.map((header) => [
      (textAt(header, "name") ?? "").toLowerCase(),
      textAt(header, "value") ?? "",
    ]),
  );
}

/** Endpoints are resources of their own, or part of the profile. */
function endpointsOf(records: ResourceRecords, profile: ResourceRecord): TrafficEndpoint[] {
  const prefix = `${profile.id.toLowerCase()}/`;
  const apart = records
    .ofType("azure-native:trafficmanager:Endpoint")
    .filter(({ id }) => id.toLowerCase().startsWith(prefix))
    .map(({ id, inputs }) => ({ name: id.split("/").pop() ?? id, inputs }));
  const inline = listAt(profile.inputs, "endpoints").map((inputs) => ({
    name: textAt(inputs, "name") ?? "",
    inputs,
  }));
  return [...apart, ...inline].map(({ name, inputs }, index) =>
    declaredEndpoint(name, inputs, index),
  );
}

function declaredEndpoint(name: string, inputs: Value, index: number): TrafficEndpoint {
  const nested = textAt(inputs, "targetResourceId");
  return {
    name,
    enabled: textAt(inputs, "endpointStatus") !== "Disabled",
    target:
      nested === undefined
        ? { host: textAt(inputs, "target") ?? "" }
        : { profileId: nested.toLowerCase(), minHealthy: childMinimum(inputs) },
    priority: numberAt(inputs, "priority") ?? index + 1,
    weight: numberAt(inputs, "weight") ?? 1,
    location: textAt(inputs, "endpointLocation"),
    alwaysServe: textAt(inputs, "alwaysServe") === "Enabled",
    probeHeaders: declaredHeaders(listAt(inputs, "customHeaders")),
  };
}

function childMinimum(inputs: Value): ChildMinimum {
  return {
    any: numberAt(inputs, "minChildEndpoints") ?? 1,
    ipv4: numberAt(inputs, "minChildEndpointsIPv4") ?? 0,
    ipv6: numberAt(inputs, "minChildEndpointsIPv6") ?? 0,
  };
}
