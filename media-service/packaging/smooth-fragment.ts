import { box, fullBox, uint32 } from "./box-writer";
import { type StraightSegment, straightSegment, wrapSamples } from "./media-segment";
import type { SampleRun } from "./sample-run";
import { toTicks } from "./time";
import type { TrackIndex } from "./track-index";

const SYNC_FLAGS = 0x02000000;
const NON_SYNC_FLAGS = 0x01010000;
/** Data place, then duration, size, flags and composition offset of each sample. */
const RUN_FLAGS = 0x1 | 0x100 | 0x200 | 0x400 | 0x800;
const RUN_FIELD_BYTES = 16;

/**
 * A fragment of Smooth Streaming ([MS-SSTR] 2.2.4). It has no decode time of its own: clients begin to
 * count at the time that the manifest gives it, in the manifest's 100 ns.
 *
 * @param bytes - The segment's part of the file.
 * @throws CorruptError when it does not hold what the index says.
 */
export function smoothFragment(track: TrackIndex, index: number, bytes: Buffer): Buffer {
  return wrapSamples(track, index, { bytes, head: smoothHead });
}

/** The same without its bytes, where they follow one another in the file and need not be looked at. */
export function straightSmoothFragment(
  track: TrackIndex,
  index: number,
): StraightSegment | undefined {
  return straightSegment(track, index, smoothHead);
}

function smoothHead(track: TrackIndex, index: number, run: SampleRun): Buffer {
  const build = (moofBytes: number): Buffer =>
    box(
      "moof",
      fullBox({ type: "mfhd" }, uint32(index + 1)),
      box(
        "traf",
        fullBox({ type: "tfhd", flags: 0x020000 }, uint32(track.header.trackId)),
        runBox(track, { run, told: track.segments[index]?.time ?? 0, dataOffset: moofBytes + 8 }),
      ),
    );
  return build(build(0).length);
}

function runBox(
  { header }: TrackIndex,
  { run, told, dataOffset }: { run: SampleRun; told: number; dataOffset: number },
): Buffer {
  const { samples, baseDecodeTime } = run;
  const ticks = (time: number): number => toTicks(time, header.timescale);
  const base = ticks(baseDecodeTime);
  const list = Buffer.alloc(samples.length * RUN_FIELD_BYTES);
  let time = baseDecodeTime;
  let at = 0;
  for (const { duration, sizeBytes, sync, compositionOffset } of samples) {
    // Ends are rounded, not durations: what rounding takes must not add up.
    const decodeTime = ticks(time) - base;
    const end = ticks(time + duration) - base;
    at = list.writeUInt32BE(end - decodeTime, at);
    at = list.writeUInt32BE(sizeBytes, at);
    at = list.writeUInt32BE(sync ? SYNC_FLAGS : NON_SYNC_FLAGS, at);
    at = list.writeInt32BE(ticks(time + compositionOffset) - told - decodeTime, at);
    time += duration;
  }
  return fullBox(
    { type: "trun", version: 1, flags: RUN_FLAGS },
    uint32(samples.length, dataOffset),
    list,
  );
}
