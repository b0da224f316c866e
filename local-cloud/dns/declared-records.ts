import type { Answer } from "dns-packet";
import type { TrafficProfile } from "../edge/traffic-manager-settings";
import { listAt, numberAt, textAt, textsAt } from "../stand-in/properties";
import type { ResourceRecord, ResourceRecords } from "../stand-in/resource-records";
import { loopback } from "../storage/port-book";

/** The declared records of one name and type. */
export interface DeclaredRecords {
  /** In lower case, without a dot at the end, like the name. */
  zone: string;
  name: string;
  type: "A" | "CNAME" | "TXT";
  ttlSeconds: number;
  /** Addresses, an alias, or texts. */
  values: string[];
}

/** Reads the record sets that are declared in DNS zones, as far as the responder answers for them. */
export function declaredRecords(
  records: ResourceRecords,
  profiles: readonly Pick<TrafficProfile, "port" | "relativeName">[],
): DeclaredRecords[] {
  return records.ofType("azure-native:dns:RecordSet").flatMap((record) => {
    const type = textAt(record.inputs, "recordType");
    if (type !== "A" && type !== "CNAME" && type !== "TXT") return [];
    const zone = (textAt(record.inputs, "zoneName") ?? "").toLowerCase();
    const label = (record.id.split("/").pop() ?? "").toLowerCase();
    return [
      {
        zone,
        name: label === "@" ? zone : `${label}.${zone}`,
        type,
        ttlSeconds: numberAt(record.inputs, "ttl") ?? 3600,
        values: valuesOf(record, type).map((value) => nameOfHost(value, profiles)),
      },
    ];
  });
}

function valuesOf({ inputs }: ResourceRecord, type: DeclaredRecords["type"]): string[] {
  if (type === "A") return textsAt(inputs, "aRecords[].ipv4Address");
  if (type === "TXT")
    return listAt(inputs, "txtRecords").map((each) => listAt(each, "value").map(String).join(""));
  const alias = textAt(inputs, "cnameRecord.cname");
  return alias === undefined ? [] : [alias.replace(/\.$/, "")];
}

/** On this machine a profile's host is an address with a port, which no alias can be for. */
function nameOfHost(
  value: string,
  profiles: readonly Pick<TrafficProfile, "port" | "relativeName">[],
): string {
  const found = profiles.find(({ port }) => value === `${loopback}:${port.toString()}`);
  return found === undefined ? value : `${found.relativeName}.trafficmanager.net`;
}

/** The records as they are answered. */
export function recordAnswers({ type, ttlSeconds: ttl, values }: DeclaredRecords, name: string) {
  return values.map((data): Answer => ({ type, name, ttl, data }));
}
