import type { FileReader } from "./file-reader";

/** A container format that is told by its first bytes. */
interface ContainerFormat {
  readonly name: string;
  readonly matches: (head: Buffer) => boolean;
  /** Length that the file says it has; undefined when it doesn't say. */
  readonly declaredBytes?: (head: Buffer) => number | undefined;
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const startsWith =
  (bytes: Buffer) =>
  (head: Buffer): boolean =>
    head.subarray(0, bytes.length).equals(bytes);

const TS_PACKET = 188;
const M2TS_PACKET = 192;
const TS_SYNC = 0x47;

const FORMATS: readonly ContainerFormat[] = [
  // RFC 8794 and RFC 9559: an EBML header, then the Segment.
  { name: "Matroska", matches: startsWith(hex("1A45DFA3")), declaredBytes: matroskaBytes },
  { name: "MPEG transport stream", matches: isTransportStream },
  {
    name: "AVI",
    matches: (head) =>
      head.toString("latin1", 0, 4) === "RIFF" && head.toString("latin1", 8, 12) === "AVI ",
    declaredBytes: (head) => head.readUInt32LE(4) + 8,
  },
  // SMPTE ST 377-1, 7.2: the key of a partition pack.
  { name: "MXF", matches: startsWith(hex("060E2B34 02050101 0D010201 0102")) },
  // The GUID of the ASF header object.
  { name: "ASF", matches: startsWith(hex("3026B275 8E66CF11 A6D900AA 0062CE6C")) },
  // ISO/IEC 13818-1, 2.5.3.4: a pack header.
  { name: "MPEG program stream", matches: startsWith(hex("000001BA")) },
];

/** The first bytes that {@link otherContainerFault} and its neighbours look at. */
export const HEAD_BYTES = 4_096;

/** What is wrong with a file that is not ISO base media; undefined when it may well be a video. */
export function otherContainerFault(head: Buffer, file: FileReader): string | undefined {
  const format = FORMATS.find(({ matches }) => matches(head));
  if (format === undefined) {
    return "is not a video: it is none of MP4, QuickTime, Matroska, MPEG-TS, MPEG-PS, AVI, MXF and ASF";
  }
  const declared = format.declaredBytes?.(head);
  if (declared === undefined || declared <= file.sizeBytes) return undefined;
  return `is truncated: this ${format.name} file should have ${declared} bytes, and has ${file.sizeBytes}`;
}

function isTransportStream(head: Buffer): boolean {
  const inStep = (first: number, step: number): boolean =>
    head.length > first + 3 * step &&
    [0, 1, 2, 3].every((packet) => head[first + packet * step] === TS_SYNC);
  return inStep(0, TS_PACKET) || inStep(4, M2TS_PACKET);
}

/** Where the Segment ends, unless it was written without a length, as live recordings are. */
function matroskaBytes(head: Buffer): number | undefined {
  const header = elementSize(head, 4);
  if (header?.value === undefined) return undefined;
  const segment = 4 + header.width + header.value;
  if (head.toString("hex", segment, segment + 4) !== "18538067") return undefined;
  const size = elementSize(head, segment + 4);
  return size?.value === undefined ? undefined : segment + 4 + size.width + size.value;
}

/** A variable-size integer, RFC 8794 section 4; all ones stand for "unknown". */
function elementSize(
  head: Buffer,
  at: number,
): { width: number; value: number | undefined } | undefined {
  const first = head[at];
  if (first === undefined || first === 0) return undefined;
  const width = Math.clz32(first) - 23;
  if (at + width > head.length) return undefined;
  let value = BigInt(first & (0xff >> width));
  for (const byte of head.subarray(at + 1, at + width)) value = (value << 8n) | BigInt(byte);
  const unknown = (1n << BigInt(7 * width)) - 1n;
  return { width, value: value === unknown ? undefined : Number(value) };
}
