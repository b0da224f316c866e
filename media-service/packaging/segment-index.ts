import { CorruptError } from "../domain/errors";
import { type Box, boxVersion, readUnsigned } from "./box-reader";

/** A subsegment that `sidx` lists. */
export interface SegmentReference {
  /** Place in the file. */
  readonly offset: number;
  readonly sizeBytes: number;
  /** Bytes of the track in it; what else there is are headers, or other tracks. */
  readonly mediaBytes: number;
  /** Earliest presentation time, in the index's timescale. */
  readonly time: number;
  /** In the index's timescale. */
  readonly duration: number;
  /** Whether it begins with a sample that can be decoded by itself. */
  readonly startsWithSap: boolean;
}

/** Where the fragments of a track are, as `sidx` lists them or as they were found. */
export interface SegmentIndex {
  readonly timescale: number;
  readonly references: readonly SegmentReference[];
}

const REFERENCE_BYTES = 12;

/**
 * Reads a `sidx` box (ISO/IEC 14496-12, 8.16.3).
 *
 * @param endInFile - Where the box ends in its file: places are counted from there.
 * @returns undefined when it lists other indexes.
 * @throws CorruptError when it has no timescale.
 */
export function readSegmentIndex(
  bytes: Buffer,
  sidx: Box,
  endInFile: number,
): SegmentIndex | undefined {
  const wide = boxVersion(bytes, sidx) === 1;
  const fieldBytes = wide ? 8 : 4;
  const head = sidx.payload + 12;
  const list = head + fieldBytes * 2;
  const count = bytes.readUInt16BE(list + 2);
  let offset = endInFile + readUnsigned(bytes, head + fieldBytes, wide);
  let time = readUnsigned(bytes, head, wide);
  const references: SegmentReference[] = [];
  for (let index = 0; index < count; index++) {
    const at = list + 4 + index * REFERENCE_BYTES;
    const typeAndSize = bytes.readUInt32BE(at);
    if (typeAndSize >= 0x80000000) return undefined;
    const duration = bytes.readUInt32BE(at + 4);
    references.push({
      offset,
      sizeBytes: typeAndSize,
      mediaBytes: typeAndSize,
      time,
      duration,
      startsWithSap: bytes.readUInt8(at + 8) >= 0x80,
    });
    offset += typeAndSize;
    time += duration;
  }
  const timescale = bytes.readUInt32BE(sidx.payload + 8);
  if (timescale === 0) throw new CorruptError("'sidx' has the timescale 0");
  return { timescale, references };
}
