import type { Answer, Question } from "dns-packet";
import { loopback } from "../storage/port-book";
import { type DeclaredRecords, recordAnswers } from "./declared-records";

/** A name that the responder answers for, and what it leads to. */
export interface ZoneName {
  /** Leftmost label under `trafficmanager.net`. */
  relativeName: string;
  enabled: boolean;
  ttlSeconds: number;
  endpoints: readonly { name: string; location: string | undefined }[];
  /** What it resolves to now; undefined when it has nothing to answer. */
  resolve(): ZoneTarget | undefined;
}

/** The endpoint that a name resolves to. */
export interface ZoneTarget {
  name: string;
  location: string | undefined;
  /** Host, with a port where there is one. */
  host: string;
}

/** What a question is answered with. */
export interface ZoneAnswer {
  status: "NOERROR" | "NXDOMAIN" | "REFUSED";
  answers: Answer[];
}

const zone = "trafficmanager.net";
/** Hosts on this machine have ports, which an A record can't carry; these names stand for them. */
const targetZone = "endpoints.internal";
const servicePrefix = "_http._tcp.";

const refused: ZoneAnswer = { status: "REFUSED", answers: [] };
const noSuchName: ZoneAnswer = { status: "NXDOMAIN", answers: [] };
const noData: ZoneAnswer = { status: "NOERROR", answers: [] };

/**
 * Answers one question as Traffic Manager would: a CNAME of the endpoint that the name resolves to now.
 * A name on this machine also has an SRV record, since its endpoints are told apart by port.
 */
export function answerQuestion(
  { name: asked, type }: Pick<Question, "name" | "type">,
  names: readonly ZoneName[],
  records: readonly DeclaredRecords[] = [],
): ZoneAnswer {
  const name = asked.toLowerCase().replace(/\.$/, "");
  if (isIn(name, targetZone)) return ofTarget(asked, type, names);
  if (!isIn(name, zone)) return ofRecords({ asked, type }, names, records);
  if (name === zone) return noData;
  const isService = name.startsWith(servicePrefix);
  const host = isService ? name.slice(servicePrefix.length) : name;
  const found = names.find(({ relativeName }) => `${relativeName.toLowerCase()}.${zone}` === host);
  if (found?.enabled !== true) return noSuchName;
  const target = found.resolve();
  if (target === undefined) return noData;
  return isService
    ? ofService({ asked, type }, target, found.ttlSeconds)
    : ofProfile({ asked, type }, target, found.ttlSeconds);
}

/** Name of the zone that a name lies in, for the record that says how long a "no" may be kept. */
export function zoneOf(name: string, records: readonly DeclaredRecords[] = []): string {
  const zones = [targetZone, ...records.map((record) => record.zone)];
  return zones.find((each) => isIn(name.toLowerCase(), each)) ?? zone;
}

function isIn(name: string, parent: string): boolean {
  return name === parent || name.endsWith(`.${parent}`);
}

interface Asked {
  asked: string;
  type: string;
}

/** A name of a declared zone; an alias for a name of Traffic Manager is followed, as a resolver would. */
function ofRecords(
  { asked, type }: Asked,
  names: readonly ZoneName[],
  records: readonly DeclaredRecords[],
): ZoneAnswer {
  const name = asked.toLowerCase().replace(/\.$/, "");
  if (!records.some((record) => isIn(name, record.zone))) return refused;
  const own = records.filter((record) => record.name === name);
  if (own.length === 0) {
    // A name that others lie below is there, though nothing is known of it (RFC 8020).
    return records.some((record) => isIn(record.name, name)) ? noData : noSuchName;
  }
  const alias = own.find((record) => record.type === "CNAME");
  const fitting = own.filter((record) => record.type === type || type === "ANY");
  const answers = (alias ? [alias] : fitting).flatMap((record) => recordAnswers(record, asked));
  const target = alias?.values[0];
  if (target === undefined || type === "CNAME" || !isIn(target.toLowerCase(), zone)) {
    return { status: "NOERROR", answers };
  }
  const further = answerQuestion({ name: target, type } as Question, names);
  return { status: further.status, answers: [...answers, ...further.answers] };
}

function ofProfile({ asked, type }: Asked, target: ZoneTarget, ttl: number): ZoneAnswer {
  if (!["A", "AAAA", "CNAME", "ANY"].includes(type)) return noData;
  const data = targetName(target);
  const alias: Answer = { type: "CNAME", name: asked, ttl, data };
  const wantsAddress = type === "A" || type === "ANY";
  const address = addressOf(target.host);
  return {
    status: "NOERROR",
    answers:
      wantsAddress && address !== undefined
        ? [alias, { type: "A", name: data, ttl, data: address }]
        : [alias],
  };
}

function ofService({ asked, type }: Asked, target: ZoneTarget, ttl: number): ZoneAnswer {
  const port = /:(\d+)$/.exec(target.host)?.[1];
  if (!["SRV", "ANY"].includes(type) || port === undefined) return noData;
  const data = { priority: 0, weight: 0, port: Number(port), target: targetName(target) };
  return { status: "NOERROR", answers: [{ type: "SRV", name: asked, ttl, data }] };
}

function ofTarget(asked: string, type: string, names: readonly ZoneName[]): ZoneAnswer {
  const name = asked.toLowerCase().replace(/\.$/, "");
  if (name === targetZone) return noData;
  const found = names.find(({ endpoints }) =>
    endpoints.some((endpoint) => localName(endpoint) === name),
  );
  if (found === undefined) return noSuchName;
  if (type !== "A" && type !== "ANY") return noData;
  return {
    status: "NOERROR",
    answers: [{ type: "A", name: asked, ttl: found.ttlSeconds, data: loopback }],
  };
}

/** The declared host where it is a name; for an address on this machine a name that can be read. */
function targetName(target: ZoneTarget): string {
  return addressOf(target.host) === undefined
    ? target.host.replace(/:\d+$/, "")
    : localName(target);
}

function localName({ name, location }: { name: string; location: string | undefined }): string {
  return [name, ...(location === undefined ? [] : [location]), targetZone]
    .join(".")
    .replace(/\s/g, "")
    .toLowerCase();
}

function addressOf(host: string): string | undefined {
  return /^(\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?$/.exec(host)?.[1];
}
