import { CorruptError } from "../domain/errors";
import {
  type Box,
  boxesOfType,
  boxFlags,
  boxVersion,
  readBoxHeader,
  readUnsigned,
  requireBox,
} from "./box-reader";
import type { Sample, SampleRun } from "./sample-run";

/** What `trex` says of samples that do not say it themselves (ISO/IEC 14496-12, 8.8.3). */
export interface FragmentDefaults {
  readonly duration: number;
  readonly size: number;
  readonly flags: number;
}

/** Flags of `tfhd` (8.8.7): a base is given; data counts from the `moof`. */
const TFHD_BASE = 0x1;
const TFHD_BASE_IS_MOOF = 0x20000;
/** Set on samples that can't be decoded without others (ISO/IEC 14496-12, 8.8.3.1). */
const NON_SYNC = 0x10000;

/** More samples than this in one segment are a damaged count. */
const MAX_SAMPLES = 200_000;

/** What of the `tfhd` and `trun` boxes is known so far, while a fragment is read. */
interface FragmentState {
  readonly bytes: Buffer;
  readonly samples: Sample[];
  /** From where runs count their data. */
  base: number;
  /** Where the next run's data begins when it does not say. */
  dataOffset: number;
}

/** Whose samples to read, and where the buffer came from. */
export interface FragmentReading {
  readonly trackId: number;
  readonly defaults: FragmentDefaults;
  /** Place of the buffer in its file: some fragments count from the file's start. */
  readonly fileOffset: number;
}

/**
 * Reads the samples of a track from whole fragments (`moof` and `mdat` pairs) in a buffer; those of
 * other tracks are left out. Places may lie outside of the buffer.
 *
 * @returns undefined when there is none of that track.
 * @throws CorruptError when the boxes can't be read.
 */
export function readFragments(
  bytes: Buffer,
  { trackId, defaults, fileOffset }: FragmentReading,
): SampleRun | undefined {
  let baseDecodeTime: number | undefined;
  const samples: Sample[] = [];
  for (const moof of moofsIn(bytes)) {
    for (const [index, traf] of boxesOfType(bytes, moof, "traf").entries()) {
      const tfhd = requireBox(bytes, traf, "tfhd");
      if (bytes.readUInt32BE(tfhd.payload + 4) !== trackId) continue;
      baseDecodeTime ??= readDecodeTime(bytes, requireBox(bytes, traf, "tfdt"));
      const base = readBase(bytes, tfhd, index) ?? moof.start + fileOffset;
      const state = { bytes, samples, base: base - fileOffset, dataOffset: base - fileOffset };
      const own = readTrackDefaults(bytes, tfhd, defaults);
      for (const trun of boxesOfType(bytes, traf, "trun")) readRun(state, trun, own);
    }
  }
  return baseDecodeTime === undefined || samples.length === 0
    ? undefined
    : { baseDecodeTime, samples };
}

/** The `moof` boxes of a part of a file that begins with a box; the last `mdat` may go on after it. */
function* moofsIn(bytes: Buffer): Generator<Box> {
  for (let start = 0; start + 8 <= bytes.length;) {
    const header = readBoxHeader(bytes, start, Number.POSITIVE_INFINITY);
    const end = start + header.sizeBytes;
    if (header.type === "moof") {
      if (end > bytes.length) throw new CorruptError("a fragment's header is cut off");
      yield { type: header.type, start, payload: start + header.headerBytes, end };
    }
    start = end;
  }
}

/** What a track's samples are when they do not say it. @throws CorruptError when that is missing. */
export function readDefaults(bytes: Buffer, mvex: Box, trackId: number): FragmentDefaults {
  for (const trex of boxesOfType(bytes, mvex, "trex")) {
    if (bytes.readUInt32BE(trex.payload + 4) !== trackId) continue;
    return {
      duration: bytes.readUInt32BE(trex.payload + 12),
      size: bytes.readUInt32BE(trex.payload + 16),
      flags: bytes.readUInt32BE(trex.payload + 20),
    };
  }
  throw new CorruptError(`fragmented track ${trackId} has no 'trex' box`);
}

/** Where a fragment's data is counted from in the file; undefined means from its `moof` (8.8.7). */
function readBase(bytes: Buffer, tfhd: Box, index: number): number | undefined {
  const flags = boxFlags(bytes, tfhd);
  if ((flags & TFHD_BASE) !== 0) return Number(bytes.readBigUInt64BE(tfhd.payload + 8));
  if (index > 0 && (flags & TFHD_BASE_IS_MOOF) === 0) {
    throw new CorruptError(
      "a fragment counts its data from where another track's ends; that can't be packaged",
    );
  }
  return undefined;
}

/** Whether fragments stay right when they are cut from their file. */
export function isRelocatable(bytes: Buffer, moof: Box): boolean {
  return boxesOfType(bytes, moof, "traf").every(
    (traf) => (boxFlags(bytes, requireBox(bytes, traf, "tfhd")) & TFHD_BASE) === 0,
  );
}

function readDecodeTime(bytes: Buffer, tfdt: Box): number {
  return readUnsigned(bytes, tfdt.payload + 4, boxVersion(bytes, tfdt) === 1);
}

/** `tfhd` (ISO/IEC 14496-12, 8.8.7): optional fields in the order of their flags. */
function readTrackDefaults(
  bytes: Buffer,
  tfhd: Box,
  inherited: FragmentDefaults,
): FragmentDefaults {
  const flags = boxFlags(bytes, tfhd);
  let offset =
    tfhd.payload + 8 + ((flags & TFHD_BASE) === 0 ? 0 : 8) + ((flags & 0x2) === 0 ? 0 : 4);
  const next = (present: number, otherwise: number): number => {
    if ((flags & present) === 0) return otherwise;
    offset += 4;
    return bytes.readUInt32BE(offset - 4);
  };
  return {
    duration: next(0x8, inherited.duration),
    size: next(0x10, inherited.size),
    flags: next(0x20, inherited.flags),
  };
}

/** `trun` (ISO/IEC 14496-12, 8.8.8). */
function readRun(state: FragmentState, trun: Box, defaults: FragmentDefaults): void {
  const { bytes, samples } = state;
  const flags = boxFlags(bytes, trun);
  const count = bytes.readUInt32BE(trun.payload + 4);
  if (samples.length + count > MAX_SAMPLES) {
    throw new CorruptError(`a segment says it has ${samples.length + count} samples`);
  }
  let at = trun.payload + 8;
  const next = (present: number, otherwise: number): number => {
    if ((flags & present) === 0) return otherwise;
    at += 4;
    return bytes.readUInt32BE(at - 4);
  };
  if ((flags & 0x1) !== 0) state.dataOffset = state.base + (next(0x1, 0) | 0);
  const firstFlags = next(0x4, defaults.flags);
  for (let index = 0; index < count; index++) {
    const duration = next(0x100, defaults.duration);
    const sizeBytes = next(0x200, defaults.size);
    const sampleFlags = next(0x400, index === 0 ? firstFlags : defaults.flags);
    const compositionOffset = next(0x800, 0) | 0;
    samples.push({
      offset: state.dataOffset,
      sizeBytes,
      duration,
      compositionOffset,
      sync: (sampleFlags & NON_SYNC) === 0,
    });
    state.dataOffset += sizeBytes;
  }
}
