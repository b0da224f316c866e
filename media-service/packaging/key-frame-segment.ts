import { box } from "./box-writer";
import { movieFragment, samplesOf } from "./media-segment";
import { runDuration } from "./sample-run";
import type { TrackIndex } from "./track-index";

/**
 * The CMAF segment that holds only the picture with which a segment begins, shown as long as all of it:
 * what players show while they wind.
 *
 * @param bytes - The whole segment's part of the file.
 * @throws CorruptError when it does not hold what the index says.
 */
export function keyFrameSegment(track: TrackIndex, index: number, bytes: Buffer): Buffer {
  const run = samplesOf(track, index, bytes);
  const samples = run.samples
    .slice(0, 1)
    .map((sample) => ({ ...sample, duration: runDuration(run) }));
  return Buffer.concat([
    movieFragment(track.header, { ...run, samples }, index + 1),
    box(
      "mdat",
      ...samples.map(({ offset, sizeBytes }) => bytes.subarray(offset, offset + sizeBytes)),
    ),
  ]);
}
