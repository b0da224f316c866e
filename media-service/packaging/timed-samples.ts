import { CorruptError } from "../domain/errors";
import { samplesOf } from "./media-segment";
import type { TrackIndex } from "./track-index";

/** A sample with its bytes, on the presentation's time line; times in the track's timescale. */
export interface TimedSample {
  readonly data: Buffer;
  readonly decodeTime: number;
  readonly presentationTime: number;
  readonly duration: number;
  /** Whether it can be decoded without others. */
  readonly sync: boolean;
}

/**
 * The samples of a segment in decoding order.
 *
 * @param bytes - The segment's part of the file.
 * @throws CorruptError when it does not hold what the index says.
 */
export function timedSamples(track: TrackIndex, index: number, bytes: Buffer): TimedSample[] {
  const run = samplesOf(track, index, bytes);
  let decodeTime = run.baseDecodeTime;
  return run.samples.map(({ offset, sizeBytes, duration, compositionOffset, sync }) => {
    if (offset < 0 || offset + sizeBytes > bytes.length) {
      throw new CorruptError("a sample lies outside of its segment");
    }
    const data = bytes.subarray(offset, offset + sizeBytes);
    const presentationTime = decodeTime + compositionOffset;
    decodeTime += duration;
    return { data, decodeTime: decodeTime - duration, presentationTime, duration, sync };
  });
}

/**
 * How far decode times run ahead of presentation times at most, in the timescale. Segments carry
 * presentation times without an edit list, so pictures that are shown out of order are decoded "too
 * late" by this much. A fragmented file tells by its first fragment.
 */
export function decodeLead({ layout }: Pick<TrackIndex, "layout">): number {
  const shift = Math.max(0, layout.shift);
  if (layout.form === "fragments") return Math.max(0, shift - layout.lowestOffset);
  let lowest = Number.POSITIVE_INFINITY;
  for (const offset of layout.table.compositionOffsets ?? [0]) lowest = Math.min(lowest, offset);
  return Number.isFinite(lowest) ? Math.max(0, shift - lowest) : 0;
}
