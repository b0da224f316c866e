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
  if (same > 0) return new Uint32Array(count).fill(same);
  return listedSizes(bytes, table.payload + 12, { count, bits });
}

function listedSizes(
  bytes: Buffer,
  start: number,
  { count, bits }: { readonly count: number; readonly bits: number },
): Uint32Array {
  if (bits === 32) return wordsAt(bytes, start, count);
  const readSize = sizeReader(bits);
  return Uint32Array.from({ length: count }, (_, index) => readSize(bytes, start, index));
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
  forEachRun(bytes, stts, (run, duration) => {
    end += run * duration;
  });
  const times = counts(count + 1, end);
  let index = 0;
  let time = 0;
  forEachRun(bytes, stts, (run, duration) => {
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
  forEachRun(bytes, ctts, (run, value) => {
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

/** Calls for each pair of `stts` and `ctts` with its count and its value. */
function forEachRun(bytes: Buffer, table: Box, use: (run: number, value: number) => void): void {
  const pairs = wordsAt(bytes, table.payload + 8, bytes.readUInt32BE(table.payload + 4) * 2);
  for (let at = 0; at < pairs.length; at += 2) use(pairs[at] ?? 0, pairs[at + 1] ?? 0);
}

/** Numbers of 32 bits as the processor has them: turned round in one go, not one by one. */
function wordsAt(bytes: Buffer, start: number, count: number): Uint32Array {
  const end = start + count * 4;
  if (end > bytes.length) throw new RangeError(`a table ends ${end - bytes.length} bytes late`);
  const words = Buffer.allocUnsafeSlow(count * 4);
  bytes.copy(words, 0, start, end);
  // Everything that Node runs on has the lowest byte in front.
  return new Uint32Array(words.swap32().buffer, 0, count);
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
