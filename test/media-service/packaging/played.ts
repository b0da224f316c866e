import { strict as assert } from "node:assert";
import { bufferSource } from "../../../media-service/packaging/byte-source";
import { mediaSegment } from "../../../media-service/packaging/media-segment";
import { readMovieIndex } from "../../../media-service/packaging/movie-index";
import { toTicks } from "../../../media-service/packaging/time";
import type { TrackIndex } from "../../../media-service/packaging/track-index";
import { type PlayedSample, readSegment } from "./read-segment";
import type { TinyTrack } from "./tiny-mp4";

/** The tracks of a file in memory. */
export async function tracksOf(file: Buffer): Promise<readonly TrackIndex[]> {
  return (await readMovieIndex(bufferSource(file))).tracks;
}

/** Cuts every segment as the origin does: from one part of the file. */
export function play(file: Buffer, track: TrackIndex): PlayedSample[][] {
  return track.segments.map(({ offset, sizeBytes }, index) =>
    readSegment(mediaSegment(track, index, file.subarray(offset, offset + sizeBytes))),
  );
}

/** Checks what holds for the segments of any track: no gaps, and told times are presented times. */
export function assertContinuous(
  track: TrackIndex,
  segments: readonly (readonly PlayedSample[])[],
): void {
  let decodeTime: number | undefined;
  segments.forEach((samples, index) => {
    const told = track.segments[index];
    const [first] = samples;
    assert(told && first);
    assert.equal(first.sync, true, `segment ${index} begins with a sync sample`);
    if (decodeTime !== undefined) {
      assert.equal(first.decodeTime, decodeTime, `segment ${index} begins where the last ended`);
    }
    const earliest = Math.min(...samples.map(({ presentationTime }) => presentationTime));
    const time = toTicks(Math.max(0, earliest), track.header.timescale);
    assert.equal(told.time, time, `time of segment ${index}`);
    const next = track.segments[index + 1];
    if (next) assert.equal(told.time + told.duration, next.time);
    decodeTime = samples.reduce((sum, { duration }) => sum + duration, first.decodeTime);
  });
}

/** Checks that what was played is the source's samples to the byte, but for the first few. */
export function assertBytes(
  played: readonly (readonly PlayedSample[])[],
  source: Pick<TinyTrack, "samples">,
  skipped = 0,
): void {
  const bytes = played.flat().map((sample) => sample.bytes.toString("hex"));
  const expected = source.samples.slice(skipped).map((sample) => sample.bytes.toString("hex"));
  assert.deepEqual(bytes, expected);
}
