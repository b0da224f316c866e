import { CorruptError } from "../domain/errors";

/**
 * The `codecs` parameter of H.264 (RFC 6381, 3.3): the sample entry's name, then profile, constraints
 * and level from `avcC`.
 */
export function avcCodecString(entryType: string, avcC: Buffer): string {
  return `${entryType}.${avcC.toString("hex", 1, 4)}`;
}

/** The `codecs` parameter of HEVC (ISO/IEC 14496-15, annex E), from `hvcC`. */
export function hevcCodecString(entryType: string, hvcC: Buffer): string {
  const general = hvcC.readUInt8(1);
  const profileSpace = ["", "A", "B", "C"][general >> 6] ?? "";
  const tier = (general & 0x20) === 0 ? "L" : "H";
  const compatibility = reverseBits(hvcC.readUInt32BE(2)).toString(16);
  const constraints = [...hvcC.subarray(6, 12)];
  while (constraints.at(-1) === 0) constraints.pop();
  return [
    entryType,
    `${profileSpace}${general & 0x1f}`,
    compatibility,
    `${tier}${hvcC.readUInt8(12)}`,
    ...constraints.map((byte) => byte.toString(16).toUpperCase()),
  ].join(".");
}

function reverseBits(value: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit++) reversed = reversed * 2 + ((value >>> bit) & 1);
  return reversed;
}

/** The `codecs` parameter of AV1 (AV1 in ISO BMFF, 5), from `av1C`. */
export function av1CodecString(av1C: Buffer): string {
  const profileAndLevel = av1C.readUInt8(1);
  const flags = av1C.readUInt8(2);
  const highDepth = (flags & 0x40) === 0 ? 8 : 10;
  const depth = (flags & 0x60) === 0x60 ? 12 : highDepth;
  const level = twoDigits(profileAndLevel & 0x1f);
  const tier = (flags & 0x80) === 0 ? "M" : "H";
  return `av01.${profileAndLevel >> 5}.${level}${tier}.${twoDigits(depth)}`;
}

/** The `codecs` parameter of VP9 (VP Codec ISO Media File Format Binding), from a full box `vpcC`. */
export function vp9CodecString(vpcC: Buffer): string {
  const depth = vpcC.readUInt8(6) >> 4;
  return ["vp09", ...[vpcC.readUInt8(4), vpcC.readUInt8(5), depth].map(twoDigits)].join(".");
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

/** What an `esds` box says of its stream (ISO/IEC 14496-1, 7.2.6). */
export interface ElementaryStream {
  readonly objectType: number;
  /** The AudioSpecificConfig of AAC (ISO/IEC 14496-3, 1.6.2.1). */
  readonly decoderConfig: Buffer;
}

const DESCRIPTOR_HEAD_BYTES: Readonly<Record<number, number>> = { 3: 3, 4: 13 };

/**
 * Reads the descriptors of an `esds` box, given without version and flags.
 *
 * @throws CorruptError when it names no stream.
 */
export function readElementaryStream(esds: Buffer): ElementaryStream {
  let offset = 0;
  let objectType: number | undefined;
  while (offset + 2 <= esds.length) {
    const tag = esds.readUInt8(offset++);
    let length = 0;
    let byte: number;
    do {
      byte = esds.readUInt8(offset++);
      length = length * 128 + (byte & 0x7f);
    } while ((byte & 0x80) !== 0);
    if (tag === 4) objectType = esds.readUInt8(offset);
    if (tag === 5 && objectType !== undefined) {
      return { objectType, decoderConfig: esds.subarray(offset, offset + length) };
    }
    offset += DESCRIPTOR_HEAD_BYTES[tag] ?? length;
  }
  if (objectType === undefined) throw new CorruptError("an 'esds' box names no stream");
  return { objectType, decoderConfig: Buffer.alloc(0) };
}

/** The `codecs` parameter of an `mp4a` track (RFC 6381, 3.3). */
export function mp4aCodecString({ objectType, decoderConfig }: ElementaryStream): string {
  if (objectType !== 0x40 || decoderConfig.length < 2) {
    return `mp4a.${objectType.toString(16).padStart(2, "0").toUpperCase()}`;
  }
  const first = decoderConfig.readUInt8(0) >> 3;
  const escaped = 32 + ((decoderConfig.readUInt16BE(0) >> 5) & 0x3f);
  return `mp4a.40.${first === 31 ? escaped : first}`;
}
