import { strict as assert } from "node:assert";

/** A sample as a player finds it in a segment. */
export interface PlayedSample {
  readonly bytes: Buffer;
  readonly decodeTime: number;
  readonly presentationTime: number;
  readonly duration: number;
  readonly sync: boolean;
}

/**
 * Reads a CMAF segment apart from the product's own reader, only as far as CMAF allows: one `traf` a
 * fragment, data counted from the `moof`.
 */
export function readSegment(segment: Buffer): PlayedSample[] {
  const samples: PlayedSample[] = [];
  for (const [type, start, end] of boxes(segment, 0, segment.length)) {
    if (type === "moof") samples.push(...readMoof(segment, start, end));
  }
  return samples;
}

function readMoof(bytes: Buffer, moof: number, end: number): PlayedSample[] {
  const [, traf, trafEnd] = only(bytes, [moof + 8, end], "traf");
  const [, tfhd] = only(bytes, [traf + 8, trafEnd], "tfhd");
  const [, tfdt] = only(bytes, [traf + 8, trafEnd], "tfdt");
  const [, trun] = only(bytes, [traf + 8, trafEnd], "trun");
  const defaults = fields(bytes, [tfhd + 16, bytes.readUInt32BE(tfhd + 8)], [0x2, 0x8, 0x10, 0x20]);
  assert.equal(bytes.readUInt32BE(tfhd + 8) & 0x20000, 0x20000, "default-base-is-moof");
  assert.equal(bytes.readUInt8(tfdt + 8), 1, "64-bit tfdt");
  const flags = bytes.readUInt32BE(trun + 8);
  const head = fields(bytes, [trun + 16, flags], [0x1, 0x4]);
  let decodeTime = Number(bytes.readBigUInt64BE(tfdt + 12));
  let offset = moof + (head.values[0] ?? 0);
  let at = head.end;
  return Array.from({ length: bytes.readUInt32BE(trun + 12) }, (_, index) => {
    const own = fields(bytes, [at, flags], [0x100, 0x200, 0x400, 0x800]);
    at = own.end;
    const duration = own.values[0] ?? defaults.values[1] ?? 0;
    const size = own.values[1] ?? defaults.values[2] ?? 0;
    const firstFlags = index === 0 ? head.values[1] : undefined;
    const sampleFlags = own.values[2] ?? firstFlags ?? defaults.values[3] ?? 0;
    const sample = {
      bytes: bytes.subarray(offset, offset + size),
      decodeTime,
      presentationTime: decodeTime + ((own.values[3] ?? 0) | 0),
      duration,
      sync: (sampleFlags & 0x10000) === 0,
    };
    offset += size;
    decodeTime += duration;
    return sample;
  });
}

/** 32-bit fields that are there when their flag is set. */
function fields(
  bytes: Buffer,
  [start, flags]: readonly [number, number],
  present: readonly number[],
): { values: (number | undefined)[]; end: number } {
  let end = start;
  const values = present.map((flag) => {
    if ((flags & flag) === 0) return undefined;
    end += 4;
    return bytes.readUInt32BE(end - 4);
  });
  return { values, end };
}

function only(
  bytes: Buffer,
  [start, end]: readonly [number, number],
  wanted: string,
): [string, number, number] {
  const found = boxes(bytes, start, end).filter(([type]) => type === wanted);
  assert.equal(found.length, 1, `one ${wanted}`);
  return found[0] ?? ["", 0, 0];
}

function boxes(bytes: Buffer, start: number, end: number): [string, number, number][] {
  const found: [string, number, number][] = [];
  for (let at = start; at < end; at += bytes.readUInt32BE(at)) {
    found.push([bytes.toString("latin1", at + 4, at + 8), at, at + bytes.readUInt32BE(at)]);
  }
  return found;
}
