import { type DecodedPacket, decode, encode, type Packet, RECURSION_DESIRED } from "dns-packet";
import type { DeclaredRecords } from "./declared-records";
import { answerQuestion, type ZoneName, zoneOf } from "./zone";

/** Codes of RFC 1035, 4.1.1. */
const codes = { NOERROR: 0, FORMERR: 1, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
const standardQuery = 0;
const authoritative = 1 << 10;
const headerBytes = 12;
/** What fits a datagram everywhere (DNS flag day 2020). */
const maxDatagramBytes = 1_232;
/** How long a "no" may be kept. */
const negativeTtlSeconds = 10;

/**
 * Answers a DNS message; `undefined` for what isn't a question, which gets no answer at all, so that
 * two responders can't keep each other busy.
 */
export function answerPacket(
  message: Buffer,
  names: readonly ZoneName[],
  records: readonly DeclaredRecords[] = [],
): Buffer | undefined {
  if (message.length < headerBytes || isResponse(message)) return undefined;
  try {
    return answerQuery(decode(message), names, records);
  } catch {
    // Garbage behind a header: said so, as RFC 1035 asks.
    return encodeAnswer({ id: message.readUInt16BE(0) }, "FORMERR");
  }
}

function answerQuery(
  query: DecodedPacket,
  names: readonly ZoneName[],
  records: readonly DeclaredRecords[],
): Buffer {
  const [question] = query.questions ?? [];
  const error = errorOf(query);
  if (error !== undefined || question === undefined) {
    return encodeAnswer({ id: query.id ?? 0 }, error ?? "FORMERR");
  }
  const { status, answers } = answerQuestion(question, names, records);
  const isNegative = status !== "REFUSED" && answers.length === 0;
  const authorities = isNegative ? [startOfAuthority(zoneOf(question.name, records))] : [];
  return encodeAnswer({ ...query, answers, authorities }, status);
}

/** Why a message can't be answered at all. */
function errorOf({ flags = 0, questions = [] }: DecodedPacket): keyof typeof codes | undefined {
  if (((flags >> 11) & 0xf) !== standardQuery) return "NOTIMP";
  const [question, ...others] = questions;
  if (question === undefined || others.length > 0 || !isPlain(question.name)) return "FORMERR";
  return (question.class ?? "IN") === "IN" ? undefined : "REFUSED";
}

/** Names are ASCII on the wire; others would not come back as they were sent. */
function isPlain(name: string): boolean {
  return name === "." || (name.length <= 253 && name.split(".").every(isPlainLabel));
}

function isPlainLabel(label: string): boolean {
  return /^[!-~]{1,63}$/.test(label);
}

function isResponse(message: Buffer): boolean {
  return (message.readUInt8(2) & 0x80) !== 0;
}

function encodeAnswer(packet: Packet, status: keyof typeof codes): Buffer {
  const asked = packet.flags ?? 0;
  const hasExtension = (packet.additionals ?? []).some(({ type }) => type === "OPT");
  return encode({
    type: "response",
    id: packet.id ?? 0,
    flags: authoritative | (asked & RECURSION_DESIRED) | codes[status],
    questions: packet.questions ?? [],
    answers: packet.answers ?? [],
    authorities: packet.authorities ?? [],
    additionals: hasExtension
      ? [
          {
            type: "OPT",
            name: ".",
            udpPayloadSize: maxDatagramBytes,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  });
}

function startOfAuthority(zone: string) {
  return {
    type: "SOA" as const,
    name: zone,
    ttl: negativeTtlSeconds,
    data: {
      mname: `ns.${zone}`,
      rname: `hostmaster.${zone}`,
      serial: 1,
      refresh: 900,
      retry: 300,
      expire: 2_419_200,
      minimum: negativeTtlSeconds,
    },
  };
}
