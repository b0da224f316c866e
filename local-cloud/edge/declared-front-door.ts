import { frontDoorPortUser } from "../stand-in/kinds/content-delivery";
import { at, listAt, mapAt, numberAt, textAt, textsAt, type Value } from "../stand-in/properties";
import type { ResourceRecord, ResourceRecords } from "../stand-in/resource-records";
import type { PortBook } from "../storage/port-book";
import { defaultCompressedTypes } from "./compression";
import { declaredQuery } from "./declared-query";
import { declaredRule } from "./declared-rule";
import type { CacheSettings } from "./cache-settings";
import type { DeliveryRule } from "./delivery-rules";
import type {
  EndpointSettings,
  OriginGroupSettings,
  OriginSettings,
  RouteSettings,
} from "./front-door-settings";

/** Front Door's own value where a profile declares none. */
const defaultResponseTimeoutSeconds = 30;
const probeTimeoutMs = 5_000;

/** Reads what is declared of Front Door: its endpoints, and all that hangs on them. */
export function declaredFrontDoor(records: ResourceRecords, ports: PortBook): EndpointSettings[] {
  return records.ofType("azure-native:cdn:AFDEndpoint").flatMap((endpoint) => {
    const port = ports.known(frontDoorPortUser(endpoint.id));
    if (port === undefined || !isEnabled(endpoint)) return [];
    const profile = records.get(before(endpoint.id, "/afdEndpoints/"));
    const responseTimeoutMs =
      1000 *
      (numberAt(profile?.inputs, "originResponseTimeoutSeconds") ?? defaultResponseTimeoutSeconds);
    const routes = inside(records, "azure-native:cdn:Route", endpoint.id)
      .filter(isEnabled)
      .flatMap((route) => declaredRoute(records, route, responseTimeoutMs));
    return [{ id: endpoint.id, name: nameOf(endpoint), port, routes }];
  });
}

/** Part of an id before a segment. */
function before(id: string, segment: string): string {
  const index = id.toLowerCase().indexOf(segment.toLowerCase());
  return index < 0 ? id : id.slice(0, index);
}

/** Resources of a type whose ids lie under another's. */
function inside(records: ResourceRecords, type: string, id: string): ResourceRecord[] {
  const prefix = `${id.toLowerCase()}/`;
  return records.ofType(type).filter((record) => record.id.toLowerCase().startsWith(prefix));
}

function isEnabled({ inputs }: ResourceRecord): boolean {
  return textAt(inputs, "enabledState") !== "Disabled";
}

function nameOf(record: ResourceRecord): string {
  return record.id.split("/").pop() ?? record.id;
}

function declaredRoute(
  records: ResourceRecords,
  route: ResourceRecord,
  responseTimeoutMs: number,
): RouteSettings[] {
  const { inputs } = route;
  const group = records.get(textAt(inputs, "originGroup.id") ?? "");
  // The endpoint's own host is the only one that this machine has.
  if (group === undefined || textAt(inputs, "linkToDefaultDomain") === "Disabled") return [];
  const rules = textsAt(inputs, "ruleSets[].id").flatMap((id) => ruleSet(records, id));
  const otherGroups = rules.flatMap(({ groupId }) => {
    const other = groupId === undefined ? undefined : records.get(groupId);
    return other === undefined ? [] : [declaredGroup(records, other)];
  });
  const patterns = listAt(inputs, "patternsToMatch").map(String);
  const types = listAt(inputs, `${compression}.contentTypesToCompress`).map(String);
  return [
    {
      name: nameOf(route),
      patterns: patterns.length > 0 ? patterns : ["/*"],
      originPath: textAt(inputs, "originPath") ?? "",
      group: declaredGroup(records, group),
      otherGroups,
      rules,
      cache: routeCache(at(inputs, "cacheConfiguration")),
      compressedTypes: types.length > 0 ? types : defaultCompressedTypes,
      responseTimeoutMs,
    },
  ];
}

const compression = "cacheConfiguration.compressionSettings";

/** Rule sets apply one after the other, each in the order of its rules. */
function ruleSet(records: ResourceRecords, id: string): DeliveryRule[] {
  return inside(records, "azure-native:cdn:Rule", id)
    .map(({ inputs }) => declaredRule(inputs))
    .sort((a, b) => a.order - b.order);
}

/** A route that caches goes by what its origins say. */
function routeCache(configuration: Value | undefined): CacheSettings | undefined {
  if (configuration === undefined || configuration === null) return undefined;
  return {
    behavior: "honor-origin",
    durationMs: undefined,
    query: declaredQuery(configuration),
    compress: at(configuration, "compressionSettings.isCompressionEnabled") === true,
  };
}

function declaredGroup(records: ResourceRecords, group: ResourceRecord): OriginGroupSettings {
  const origins = inside(records, "azure-native:cdn:AFDOrigin", group.id).filter(isEnabled);
  const { inputs } = group;
  const protocol = textAt(inputs, "healthProbeSettings.probeProtocol");
  return {
    id: group.id.toLowerCase(),
    origins: origins.map(declaredOrigin),
    probe: mapAt(inputs, "healthProbeSettings") && {
      path: textAt(inputs, "healthProbeSettings.probePath") ?? "/",
      protocol: protocol === "Https" ? "https" : "http",
      method: textAt(inputs, "healthProbeSettings.probeRequestType") === "GET" ? "GET" : "HEAD",
      intervalMs: 1000 * (numberAt(inputs, "healthProbeSettings.probeIntervalInSeconds") ?? 240),
      timeoutMs: probeTimeoutMs,
      // Front Door takes nothing but 200 for an answer.
      statuses: [[200, 200]],
    },
    sampleSize: numberAt(inputs, "loadBalancingSettings.sampleSize") ?? 4,
    successfulSamplesRequired:
      numberAt(inputs, "loadBalancingSettings.successfulSamplesRequired") ?? 3,
    additionalLatencyMs:
      numberAt(inputs, "loadBalancingSettings.additionalLatencyInMilliseconds") ?? 50,
  };
}

function declaredOrigin(origin: ResourceRecord): OriginSettings {
  const host = textAt(origin.inputs, "hostName") ?? "";
  return {
    name: nameOf(origin),
    host,
    hostHeader: textAt(origin.inputs, "originHostHeader") ?? host,
    priority: numberAt(origin.inputs, "priority") ?? 1,
    weight: numberAt(origin.inputs, "weight") ?? 1000,
  };
}
