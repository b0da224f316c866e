import { CorruptError } from "../domain/errors";
import { findBox } from "./box-reader";
import type { SampleEntry } from "./sample-entry";

/** How H.264 and HEVC differ where their byte stream is written. */
interface NalForm {
  readonly typeOf: (firstByte: number) => number;
  readonly delimiterType: number;
  /** An access unit delimiter that promises nothing, after its start code. */
  readonly delimiter: Buffer;
  readonly parameterSetTypes: readonly number[];
}

/** Writes samples of a track as a byte stream. */
export type ByteStreamWriter = (sample: { data: Buffer; sync: boolean }) => Buffer[];

/** Where a video sample entry's own boxes begin (ISO/IEC 14496-12, 12.1.3). */
const VIDEO_ENTRY_HEAD_BYTES = 86;
const START_CODE = Buffer.from([0, 0, 0, 1]);
/** Types of ITU-T H.264, table 7-1. */
const H264: NalForm = {
  typeOf: (firstByte) => firstByte & 0x1f,
  delimiterType: 9,
  delimiter: Buffer.from([0, 0, 0, 1, 0x09, 0xf0]),
  parameterSetTypes: [7, 8],
};
/** Types of ITU-T H.265, table 7-1. */
const HEVC: NalForm = {
  typeOf: (firstByte) => (firstByte >> 1) & 0x3f,
  delimiterType: 35,
  delimiter: Buffer.from([0, 0, 0, 1, 0x46, 0x01, 0x50]),
  parameterSetTypes: [32, 33, 34],
};

/**
 * How samples of H.264 or HEVC become a byte stream (annex B of both): start codes in place of lengths,
 * a delimiter before each picture, and parameter sets before pictures that decoding can begin with.
 *
 * @throws CorruptError when the track is coded otherwise.
 */
export function byteStreamWriter(entry: SampleEntry): ByteStreamWriter {
  const own = { payload: VIDEO_ENTRY_HEAD_BYTES, end: entry.bytes.length };
  const avcC = findBox(entry.bytes, own, "avcC");
  const hvcC = findBox(entry.bytes, own, "hvcC");
  if (!avcC && !hvcC) throw new CorruptError(`'${entry.codec}' is not a stream of NAL units`);
  const form = avcC ? H264 : HEVC;
  const lengthAt = avcC ? avcC.payload + 4 : (hvcC?.payload ?? 0) + 21;
  const lengthBytes = (entry.bytes.readUInt8(lengthAt) & 3) + 1;
  const parameterSets = parameterSetsOf(entry.codecPrivateData, form);
  return ({ data, sync }) => {
    const units = nalUnits(data, lengthBytes);
    const types = units.map((unit) => form.typeOf(unit.readUInt8(0)));
    // What the picture brings along itself is left as it is.
    const delimited = types[0] === form.delimiterType;
    const parametrized = types.some((type) => form.parameterSetTypes.includes(type));
    return [
      ...(delimited ? [START_CODE, ...units.slice(0, 1)] : [form.delimiter]),
      ...(sync && !parametrized ? [parameterSets] : []),
      ...units.slice(delimited ? 1 : 0).flatMap((unit) => [START_CODE, unit]),
    ];
  };
}

/** Encoders put what they say of themselves beside the parameter sets; once in a file is enough of it. */
function parameterSetsOf(decoderSetUp: Buffer, form: NalForm): Buffer {
  const parts: Buffer[] = [];
  let start = decoderSetUp.indexOf(START_CODE);
  while (start >= 0) {
    const next = decoderSetUp.indexOf(START_CODE, start + START_CODE.length);
    const unit = decoderSetUp.subarray(start, next < 0 ? decoderSetUp.length : next);
    if (form.parameterSetTypes.includes(form.typeOf(unit.readUInt8(START_CODE.length)))) {
      parts.push(unit);
    }
    start = next;
  }
  return Buffer.concat(parts);
}

/** The NAL units of a sample (ISO/IEC 14496-15, 5.3.4.2), without empty ones. */
function nalUnits(data: Buffer, lengthBytes: number): Buffer[] {
  const units: Buffer[] = [];
  let offset = 0;
  while (offset < data.length) {
    const start = offset + lengthBytes;
    const end = start <= data.length ? start + data.readUIntBE(offset, lengthBytes) : start;
    if (end > data.length) throw new CorruptError("a NAL unit reaches past its picture's end");
    if (end > start) units.push(data.subarray(start, end));
    offset = end;
  }
  return units;
}
