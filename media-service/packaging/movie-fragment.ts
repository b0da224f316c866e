import { CorruptError } from "../domain/errors";
import {
  type Box,
  boxesOfType,
  boxFlags,
  boxVersion,
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

/** Set on samples that can't be decoded without others (ISO/IEC 14496-12, 8.8.3.1). */
const NON_SYNC = 0x10000;

/** What of the `tfhd` and `trun` boxes is known so far, while a fragment is read. */
interface FragmentState {
  readonly bytes: Buffer;
  readonly moof: Box;
  readonly samples: Sample[];
  /** Where the next run's data begins when it does not say. */
  dataOffset: number;
}

/**
 * Reads the samples of a track from whole fragments (`moof` and `mdat` pairs) in a buffer.
 *
 * @param trackId - Other tracks' samples are left out.
 * @throws CorruptError when there is none of that track, or data lies outside of the buffer.
 */
export function readFragments(
  bytes: Buffer,
  trackId: number,
  defaults: FragmentDefaults,
): SampleRun {
  let baseDecodeTime: number | undefined;
  const samples: Sample[] = [];
  for (const moof of boxesOfType(bytes, { payload: 0, end: bytes.length }, "moof")) {
    const state = { bytes, moof, samples, dataOffset: moof.start };
    for (const traf of boxesOfType(bytes, moof, "traf")) {
      const tfhd = requireBox(bytes, traf, "tfhd");
      if (bytes.readUInt32BE(tfhd.payload + 4) !== trackId) continue;
      baseDecodeTime ??= readDecodeTime(bytes, requireBox(bytes, traf, "tfdt"));
      const own = readTrackDefaults(bytes, tfhd, defaults);
      for (const trun of boxesOfType(bytes, traf, "trun")) readRun(state, trun, own);
    }
  }
  if (baseDecodeTime === undefined || samples.length === 0) {
    throw new CorruptError(`a segment holds no samples of track ${trackId}`);
  }
  return { baseDecodeTime, samples };
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
  if ((flags & 0x1) !== 0) {
    throw new CorruptError(
      "a fragment counts its data from the file's start; that can't be packaged",
    );
  }
  let offset = tfhd.payload + 8 + ((flags & 0x2) === 0 ? 0 : 4);
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
  const { bytes, moof, samples } = state;
  const flags = boxFlags(bytes, trun);
  const count = bytes.readUInt32BE(trun.payload + 4);
  let at = trun.payload + 8;
  const next = (present: number, otherwise: number): number => {
    if ((flags & present) === 0) return otherwise;
    at += 4;
    return bytes.readUInt32BE(at - 4);
  };
  // The data offset is signed, but one before its own moof makes no sense here.
  if ((flags & 0x1) !== 0) state.dataOffset = moof.start + next(0x1, 0);
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
