import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { mediaSegment } from "../../../media-service/packaging/media-segment";
import { readMovieIndex } from "../../../media-service/packaging/movie-index";
import { TICKS_PER_SECOND } from "../../../media-service/packaging/time";
import type { TrackIndex } from "../../../media-service/packaging/track-index";
import { readSegment } from "./read-segment";
import { tinyCmaf } from "./tiny-cmaf";
import { tinyAudio, tinyMp4, tinyVideo } from "./tiny-mp4";

const SECONDS = 7200;
const PICTURES = SECONDS * 25;
const FRAMES = (SECONDS * 48_000) / 1024 + 1;
const GROUP = 50;

/** Opens a file as the origin does, and says how much of it was read. */
async function open(
  file: Buffer,
): Promise<{ tracks: readonly TrackIndex[]; reads: number; readBytes: number }> {
  let reads = 0;
  let readBytes = 0;
  const { tracks } = await readMovieIndex({
    sizeBytes: file.length,
    read: (offset, sizeBytes) => {
      reads += 1;
      readBytes += sizeBytes;
      return Promise.resolve(file.subarray(offset, offset + sizeBytes));
    },
  });
  return { tracks, reads, readBytes };
}

/** Looks at a segment alone, as a player does that has gone there. */
function assertSegment(file: Buffer, track: TrackIndex, index: number): void {
  const told = track.segments[index];
  assert(told);
  const part = file.subarray(told.offset, told.offset + told.sizeBytes);
  const samples = readSegment(mediaSegment(track, index, part));
  const earliest = Math.min(...samples.map(({ presentationTime }) => presentationTime));
  const { timescale } = track.header;
  assert.equal(told.time, Math.round((earliest * TICKS_PER_SECOND) / timescale));
  if (track.header.kind !== "video") return;
  assert.equal(told.time, index * 2 * TICKS_PER_SECOND);
  assert.deepEqual(
    samples.map(({ bytes }) => bytes.readUInt8(0)),
    samples.map((_, at) => (index * GROUP + at) % 251),
  );
}

describe("a film of two hours", () => {
  const video = tinyVideo(PICTURES, GROUP);
  const audio = tinyAudio(FRAMES);
  for (const { what, make, reads } of [
    { what: "with its index in front", reads: 3, make: () => tinyMp4([video, audio]) },
    {
      what: "with its index at the back",
      reads: 3,
      make: () => tinyMp4([video, audio], { moov: "back" }),
    },
    {
      what: "in fragments that a 'sidx' lists",
      reads: 4,
      make: () => tinyCmaf(video, { samplesPerFragment: GROUP }),
    },
  ]) {
    it(`is opened by a few reads ${what}, and has the right times to the end`, async () => {
      const file = make();
      const opened = await open(file);
      assert(opened.reads <= reads, `${opened.reads} reads`);
      assert(opened.readBytes < file.length / 2, `${opened.readBytes} of ${file.length} bytes`);
      for (const track of opened.tracks) {
        const { segments, header } = track;
        const last = segments.length - 1;
        for (const index of [0, 1, Math.floor(last / 2), last]) assertSegment(file, track, index);
        if (header.kind === "video") assert.equal(segments.length, SECONDS / 2);
        const end = (segments[last]?.time ?? 0) + (segments[last]?.duration ?? 0);
        assert(Math.abs(end / TICKS_PER_SECOND - SECONDS) < 0.1, `it ends at ${end}`);
      }
    });
  }
});
