import { CorruptError } from "../domain/errors";
import { type Box, findBox, requireBox } from "./box-reader";

/** Whole numbers that take half the memory where none is beyond 32 bits. */
export type Counts = Uint32Array | Float64Array;

/** Where and when each sample of a progressive track is. Lists are parallel, in decoding order. */
export interface SampleTable {
  readonly count: number;
  readonly sizes: Uint32Array;
  /** Places in the file. */
  readonly offsets: Counts;
  /** Decode times in the track's timescale; one more than samples: the last is the end. */
  readonly decodeTimes: Counts;
  /** Presentation less decode time; undefined when all are 0. */
  readonly compositionOffsets: Int32Array | undefined;
  /** 1 for samples that can be decoded without others; undefined when all can. */
  readonly sync: Uint8Array | undefined;
}

/** More than a day at 60 frames a second; beyond it is a damaged file, or uncompressed sound. */
const MAX_SAMPLES = 6_000_000;

/**
 * Reads the tables of an `stbl` box (ISO/IEC 14496-12, 8.6 and 8.7).
 *
 * @param fileBytes - Size of the file that the samples are in.
 * @throws CorruptError when tables are missing or do not agree.
 */
export function readSampleTable(bytes: Buffer, stbl: Box, fileBytes: number): SampleTable {
  const sizes = readSizes(bytes, stbl, fileBytes);
  const count = sizes.length;
  return {
    count,
    sizes,
    offsets: readOffsets(bytes, stbl, { sizes, fileBytes }),
    decodeTimes: readDecodeTimes(bytes, requireBox(bytes, stbl, "stts"), count),
    compositionOffsets: readCompositionOffsets(bytes, stbl, count),
    sync: readSync(bytes, stbl, count),
  };
}

/** Bytes of memory that a table holds. */
export function sampleTableBytes(table: SampleTable): number {
  return [
    table.sizes,
    table.offsets,
    table.decodeTimes,
    table.compositionOffsets,
    table.sync,
  ].reduce((sum, list) => sum + (list?.byteLength ?? 0), 0);
}

/** How many samples `stsz` or `stz2` (8.7.3) lists; 0 also when there is neither. */
export function sampleCount(bytes: Buffer, stbl: Box): number {
  const table = findBox(bytes, stbl, "stsz") ?? findBox(bytes, stbl, "stz2");
  return table ? bytes.readUInt32BE(table.payload + 8) : 0;
}

function readSizes(bytes: Buffer, stbl: Box, fileBytes: number): Uint32Array {
  const compact = findBox(bytes, stbl, "stz2");
  const table = compact ?? requireBox(bytes, stbl, "stsz");
  const count = bytes.readUInt32BE(table.payload + 8);
  if (count > MAX_SAMPLES) {
    throw new CorruptError(`a track has ${count} samples; at most ${MAX_SAMPLES} can be packaged`);
  }
  const same = compact ? 0 : bytes.readUInt32BE(table.payload + 4);
  const bits = compact ? bytes.readUInt8(table.payload + 7) : 32;
  // Looked at before any memory is taken: a damaged count must not cost a hundred megabytes.
  if (same === 0 && table.payload + 12 + Math.ceil((count * bits) / 8) > table.end) {
    throw new CorruptError(`'${table.type}' has no room for the sizes of ${count} samples`);
  }
  if (same * count > fileBytes) {
    throw new CorruptError(`${count} samples of ${same} bytes do not fit into the file`);
  }
  const sizes = new Uint32Array(count);
  if (same > 0) return sizes.fill(same);
  const readSize = sizeReader(bits);
  for (let index = 0; index < count; index++) {
    sizes[index] = readSize(bytes, table.payload + 12, index);
  }
  return sizes;
}

/** Reads the size of a sample from a list of numbers of so many bits. */
function sizeReader(bits: number): (bytes: Buffer, start: number, index: number) => number {
  switch (bits) {
    case 4:
      return (bytes, start, index) =>
        (bytes.readUInt8(start + (index >> 1)) >> (index % 2 === 0 ? 4 : 0)) & 0xf;
    case 8:
      return (bytes, start, index) => bytes.readUInt8(start + index);
    case 16:
      return (bytes, start, index) => bytes.readUInt16BE(start + index * 2);
    case 32:
      return (bytes, start, index) => bytes.readUInt32BE(start + index * 4);
    default:
      throw new CorruptError(`'stz2' has sizes of ${bits} bits; only 4, 8 and 16 exist`);
  }
}

function counts(length: number, highest: number): Counts {
  return highest < 2 ** 32 ? new Uint32Array(length) : new Float64Array(length);
}

/** Places outside of a file are made this at most, which is still outside: whoever cuts segments refuses them. */
function highestOf(offsets: Counts): number {
  return offsets instanceof Uint32Array ? 2 ** 32 - 1 : Infinity;
}

function readDecodeTimes(bytes: Buffer, stts: Box, count: number): Counts {
  let end = 0;
  forEachRun(bytes, stts, (run, offset) => {
    end += run * bytes.readUInt32BE(offset + 4);
  });
  const times = counts(count + 1, end);
  let index = 0;
  let time = 0;
  forEachRun(bytes, stts, (run, offset) => {
    const duration = bytes.readUInt32BE(offset + 4);
    for (let left = run; left > 0 && index < count; left--) {
      times[index++] = time;
      time += duration;
    }
  });
  if (index < count) throw new CorruptError(`'stts' times ${index} of ${count} samples`);
  times[count] = time;
  return times;
}

function readCompositionOffsets(bytes: Buffer, stbl: Box, count: number): Int32Array | undefined {
  const ctts = findBox(bytes, stbl, "ctts");
  if (!ctts) return undefined;
  const offsets = new Int32Array(count);
  let index = 0;
  // Version 0 is unsigned by the letter, but writers put negative numbers into it all the same.
  forEachRun(bytes, ctts, (run, offset) => {
    const value = bytes.readInt32BE(offset + 4);
    for (let left = run; left > 0 && index < count; left--) offsets[index++] = value;
  });
  return offsets;
}

function readSync(bytes: Buffer, stbl: Box, count: number): Uint8Array | undefined {
  const stss = findBox(bytes, stbl, "stss");
  if (!stss) return undefined;
  const sync = new Uint8Array(count);
  const entries = bytes.readUInt32BE(stss.payload + 4);
  for (let index = 0; index < entries; index++) {
    const sample = bytes.readUInt32BE(stss.payload + 8 + index * 4);
    if (sample >= 1 && sample <= count) sync[sample - 1] = 1;
  }
  return sync;
}

/** Calls for each (count, value) pair of `stts` and `ctts` with the count and the pair's place. */
function forEachRun(bytes: Buffer, table: Box, use: (run: number, offset: number) => void): void {
  const entries = bytes.readUInt32BE(table.payload + 4);
  for (let entry = 0; entry < entries; entry++) {
    const offset = table.payload + 8 + entry * 8;
    use(bytes.readUInt32BE(offset), offset);
  }
}

function readOffsets(
  bytes: Buffer,
  stbl: Box,
  { sizes, fileBytes }: { readonly sizes: Uint32Array; readonly fileBytes: number },
): Counts {
  const offsets = counts(sizes.length, fileBytes);
  const highest = highestOf(offsets);
  const chunkOffset = readChunkOffsets(bytes, stbl);
  const stsc = requireBox(bytes, stbl, "stsc");
  const entries = bytes.readUInt32BE(stsc.payload + 4);
  let index = 0;
  for (let entry = 0; entry < entries; entry++) {
    const at = stsc.payload + 8 + entry * 12;
    const firstChunk = bytes.readUInt32BE(at);
    const samplesPerChunk = bytes.readUInt32BE(at + 4);
    const nextFirst = entry + 1 < entries ? bytes.readUInt32BE(at + 12) : chunkOffset.count + 1;
    if (nextFirst < firstChunk) throw new CorruptError("'stsc' does not list chunks in order");
    for (let chunk = firstChunk; chunk < nextFirst && index < sizes.length; chunk++) {
      let offset = chunkOffset.read(chunk);
      for (let left = samplesPerChunk; left > 0 && index < sizes.length; left--) {
        offsets[index] = Math.min(offset, highest);
        offset += sizes[index++] ?? 0;
      }
    }
  }
  if (index < sizes.length) {
    throw new CorruptError(`'stsc' places ${index} of ${sizes.length} samples`);
  }
  return offsets;
}

function readChunkOffsets(
  bytes: Buffer,
  stbl: Box,
): { count: number; read: (chunk: number) => number } {
  const co64 = findBox(bytes, stbl, "co64");
  const table = co64 ?? requireBox(bytes, stbl, "stco");
  const count = bytes.readUInt32BE(table.payload + 4);
  return {
    count,
    read: (chunk) => {
      if (chunk < 1 || chunk > count)
        throw new CorruptError(`'stsc' names chunk ${chunk} of ${count}`);
      const index = chunk - 1;
      return co64
        ? Number(bytes.readBigUInt64BE(table.payload + 8 + index * 8))
        : bytes.readUInt32BE(table.payload + 8 + index * 4);
    },
  };
}
