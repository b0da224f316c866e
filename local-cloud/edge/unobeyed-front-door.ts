import { listAt, numberAt, textAt } from "../stand-in/properties";
import type { ResourceRecord, ResourceRecords } from "../stand-in/resource-records";
import { unknownParts } from "./declared-rule";

/** What is declared of Front Door that the edge doesn't do, as sentences for the user. */
export function unobeyedOfFrontDoor(records: ResourceRecords): string[] {
  return [
    ...records.ofType("azure-native:cdn:Rule").flatMap(ofRule),
    ...records.ofType("azure-native:cdn:Route").flatMap(ofRoute),
    ...records.ofType("azure-native:cdn:AFDOriginGroup").flatMap(ofGroup),
  ];
}

function nameOf({ id }: ResourceRecord): string {
  return id.split("/").pop() ?? id;
}

function ofRule(rule: ResourceRecord): string[] {
  return unknownParts(rule.inputs).map(
    (part) => `the edge doesn't obey ${part} of rule ${nameOf(rule)}`,
  );
}

function ofRoute(route: ResourceRecord): string[] {
  const { inputs } = route;
  const name = nameOf(route);
  const protocols = listAt(inputs, "supportedProtocols");
  return [
    ...(textAt(inputs, "httpsRedirect") === "Enabled"
      ? [`the edge doesn't redirect to https, as route ${name} asks: nothing here speaks TLS`]
      : []),
    ...(protocols.length > 0 && !protocols.includes("Http")
      ? [`the edge serves route ${name} over http, though it asks for https only`]
      : []),
    ...(listAt(inputs, "customDomains").length > 0
      ? [`the edge doesn't know the custom domains of route ${name}; it serves its own address`]
      : []),
  ];
}

function ofGroup(group: ResourceRecord): string[] {
  const { inputs } = group;
  const name = nameOf(group);
  const minutes = numberAt(inputs, "trafficRestorationTimeToHealedOrNewEndpointsInMinutes");
  return [
    ...(textAt(inputs, "sessionAffinityState") === "Enabled"
      ? [`the edge doesn't keep sessions at one origin, as origin group ${name} asks`]
      : []),
    ...(minutes === undefined
      ? []
      : [
          `the edge gives a healed origin of group ${name} its requests back at once, not over ${minutes} minutes: Front Door does not support that either`,
        ]),
  ];
}
