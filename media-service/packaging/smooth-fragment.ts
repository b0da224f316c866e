import { box, fullBox, uint32 } from "./box-writer";
import { toTicks } from "./time";
import { type TimedSample, timedSamples } from "./timed-samples";
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
  const samples = timedSamples(track, index, bytes);
  const told = track.segments[index]?.time ?? 0;
  const build = (moofBytes: number): Buffer =>
    box(
      "moof",
      fullBox({ type: "mfhd" }, uint32(index + 1)),
      box(
        "traf",
        fullBox({ type: "tfhd", flags: 0x020000 }, uint32(track.header.trackId)),
        runBox(track, { samples, told, dataOffset: moofBytes + 8 }),
      ),
    );
  return Buffer.concat([build(build(0).length), box("mdat", ...samples.map(({ data }) => data))]);
}

function runBox(
  { header }: TrackIndex,
  run: { samples: readonly TimedSample[]; told: number; dataOffset: number },
): Buffer {
  const { samples, told, dataOffset } = run;
  const ticks = (time: number): number => toTicks(time, header.timescale);
  const base = ticks(samples[0]?.decodeTime ?? 0);
  const list = Buffer.alloc(samples.length * RUN_FIELD_BYTES);
  let at = 0;
  for (const sample of samples) {
    // Ends are rounded, not durations: what rounding takes must not add up.
    const decodeTime = ticks(sample.decodeTime) - base;
    const end = ticks(sample.decodeTime + sample.duration) - base;
    at = list.writeUInt32BE(end - decodeTime, at);
    at = list.writeUInt32BE(sample.data.length, at);
    at = list.writeUInt32BE(sample.sync ? SYNC_FLAGS : NON_SYNC_FLAGS, at);
    at = list.writeInt32BE(ticks(sample.presentationTime) - told - decodeTime, at);
  }
  return fullBox(
    { type: "trun", version: 1, flags: RUN_FLAGS },
    uint32(samples.length, dataOffset),
    list,
  );
}
