import { strict as assert } from "node:assert";
import fc from "fast-check";
import { describe, it } from "mocha";
import { samplesOf } from "../../../media-service/packaging/media-segment";
import { toTicks } from "../../../media-service/packaging/time";
import { assertBytes, assertContinuous, play, tracksOf } from "./played";
import { tinyAudio, type TinyLayout, tinyMp4, type TinyTrack, tinyVideo } from "./tiny-mp4";

const LAYOUTS: { name: string; layout: TinyLayout }[] = [
  { name: "index in front", layout: { moov: "front" } },
  { name: "index at the back", layout: { moov: "back" } },
  { name: "tracks apart", layout: { samplesPerChunk: 10_000 } },
  { name: "tracks interleaved sample by sample", layout: { samplesPerChunk: 1 } },
  { name: "64-bit places", layout: { wideOffsets: true } },
  { name: "sizes of 8 bits", layout: { sizeBits: 8 } },
  { name: "sizes of 16 bits", layout: { sizeBits: 16 } },
];

describe("segments of a progressive file", () => {
  const video = tinyVideo(520);
  const audio = tinyAudio(975);

  for (const { name, layout } of LAYOUTS) {
    it(`hold the source's samples to the byte and without a gap: ${name}`, async () => {
      const file = tinyMp4([video, audio], layout);
      const [videoTrack, audioTrack] = await tracksOf(file);
      assert(videoTrack && audioTrack);
      const playedVideo = play(file, videoTrack);
      const playedAudio = play(file, audioTrack);

      assertBytes(playedVideo, video);
      assertBytes(playedAudio, audio, 1);
      assertContinuous(videoTrack, playedVideo);
      assertContinuous(audioTrack, playedAudio);
      assert.equal(videoTrack.segments.length, 10);
      assert.equal(playedVideo[0]?.[0]?.presentationTime, 0);
      assert.equal(playedAudio[0]?.[0]?.presentationTime, 0);
    });
  }

  it("present a picture at the time that the source's edit list gives it", async () => {
    const file = tinyMp4([video]);
    const [track] = await tracksOf(file);
    assert(track);
    let decodeTime = 0;
    const expected = video.samples.map(({ duration, compositionOffset = 0 }) => {
      decodeTime += duration;
      return decodeTime - duration + compositionOffset - 1024;
    });

    assert.deepEqual(
      play(file, track)
        .flat()
        .map(({ presentationTime }) => presentationTime),
      expected,
    );
  });

  it("can be had as samples, which lie in the segment's part of the file", async () => {
    const file = tinyMp4([video, audio]);
    const [track] = await tracksOf(file);
    assert(track);
    const bytes = track.segments.flatMap(({ offset, sizeBytes }, index) => {
      const part = file.subarray(offset, offset + sizeBytes);
      const { samples } = samplesOf(track, index, part);
      return samples.map((one) => part.subarray(one.offset, one.offset + one.sizeBytes));
    });

    assert.deepEqual(
      bytes,
      video.samples.map((one) => one.bytes),
    );
  });

  it("begin late when the track begins with a pause", async () => {
    const late = {
      ...tinyVideo(104),
      edits: [
        { durationMs: 500, mediaTime: -1 },
        { durationMs: 4160, mediaTime: 1024 },
      ],
    };
    const file = tinyMp4([late]);
    const [track] = await tracksOf(file);
    assert(track);

    assertContinuous(track, play(file, track));
    assert.equal(track.segments[0]?.time, 5_000_000);
  });

  it("begin at the key frame before the edit list's beginning", async () => {
    const trimmed = {
      ...tinyVideo(208),
      edits: [{ durationMs: 5920, mediaTime: 1024 + 60 * 512 }],
    };
    const file = tinyMp4([trimmed]);
    const [track] = await tracksOf(file);
    assert(track);
    const played = play(file, track);

    assertBytes(played, trimmed, 52);
    assert.equal(played[0]?.[0]?.presentationTime, -8 * 512);
    assert.equal(track.segments[0]?.time, 0);
  });

  it("end with the last sample that begins before the edit list's end", async () => {
    // A picture of the last group is decoded before the end and shown after it: it stays, for others need it.
    const pictures = { ...tinyVideo(208), edits: [{ durationMs: 5040, mediaTime: 1024 }] };
    const sounds = { ...tinyAudio(391), edits: [{ durationMs: 5000, mediaTime: 1024 }] };
    const file = tinyMp4([pictures, sounds]);
    const [video, audio] = await tracksOf(file);
    assert(video && audio);

    assertBytes(play(file, video), { samples: pictures.samples.slice(0, 127) });
    assertBytes(play(file, audio), { samples: sounds.samples.slice(0, 236) }, 1);
    for (const track of [video, audio]) assertContinuous(track, play(file, track));
  });

  it("are all there where the edit list tells no length", async () => {
    const file = tinyMp4([{ ...video, edits: [{ durationMs: 0, mediaTime: 1024 }] }]);
    const [track] = await tracksOf(file);
    assert(track);

    assertBytes(play(file, track), video);
  });

  it("skip the frame of sound that an edit list cuts in two, and stay in time", async () => {
    const odd = { ...tinyAudio(300), edits: [{ durationMs: 0, mediaTime: 2112 }] };
    const file = tinyMp4([odd]);
    const [track] = await tracksOf(file);
    assert(track);
    const played = play(file, track);

    assertBytes(played, odd, 3);
    assertContinuous(track, played);
    assert.equal(played[0]?.[0]?.presentationTime, 3 * 1024 - 2112);
  });

  it("keep open groups of pictures whole: the time told is that of the earliest picture", async () => {
    const source = tinyVideo(208);
    // The second key frame is shown after two pictures that follow it, as HEVC encoders write it.
    const open: TinyTrack = {
      ...source,
      edits: [{ durationMs: 8320, mediaTime: 1024 }],
      samples: source.samples.map((sample, index) => {
        if (index === 52) return { ...sample, compositionOffset: 2048 };
        if (index === 53) return { ...sample, compositionOffset: 512 };
        if (index === 54) return { ...sample, compositionOffset: 512 };
        if (index === 55) return { ...sample, compositionOffset: 1024 };
        return sample;
      }),
    };
    const file = tinyMp4([open]);
    const [track] = await tracksOf(file);
    assert(track);

    assertContinuous(track, play(file, track));
    assert.equal(track.segments[1]?.time, toTicks(53 * 512 + 512 - 1024, 12_800));
  });

  it("hold samples without bytes, as sound and picture that only go on", async () => {
    const gaps = {
      ...video,
      samples: video.samples.map((one, index) => ({
        ...one,
        bytes: one.bytes.subarray(0, index % 5 === 3 ? 0 : 15),
      })),
    };
    const file = tinyMp4([gaps], { sizeBits: 4 });
    const [track] = await tracksOf(file);
    assert(track);
    const played = play(file, track);

    assertBytes(played, gaps);
    assertContinuous(track, played);
  });

  it("hold a last key frame that is told to last no time", async () => {
    const last = { bytes: Buffer.alloc(9, 1), duration: 0, sync: true, compositionOffset: 1024 };
    const ended = { ...video, samples: [...video.samples, last] };
    const file = tinyMp4([ended]);
    const [track] = await tracksOf(file);
    assert(track);

    assertBytes(play(file, track), ended);
    assert.equal(track.segments.length, 10);
  });

  it("cover any track whole, each sample once and in order", async () => {
    const sample = fc.record({
      bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
      duration: fc.integer({ min: 1, max: 3000 }),
      sync: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(sample, { minLength: 1, maxLength: 80 }),
        fc.array(sample, { minLength: 1, maxLength: 80 }),
        fc.record({ samplesPerChunk: fc.integer({ min: 1, max: 9 }), wideOffsets: fc.boolean() }),
        async (pictures, sounds, layout) => {
          const first = { kind: "video" as const, trackId: 7, timescale: 1000 };
          const second = { kind: "audio" as const, trackId: 9, timescale: 600 };
          const [head, ...others] = pictures;
          assert(head);
          const video = { ...first, samples: [{ ...head, sync: true }, ...others] };
          const audio = { ...second, samples: sounds.map((one) => ({ ...one, sync: true })) };
          const file = tinyMp4([video, audio], layout);
          const [videoTrack, audioTrack] = await tracksOf(file);
          assert(videoTrack && audioTrack);
          assertBytes(play(file, videoTrack), video);
          assertBytes(play(file, audioTrack), audio);
          assertContinuous(videoTrack, play(file, videoTrack));
          assertContinuous(audioTrack, play(file, audioTrack));
        },
      ),
      { numRuns: 60 },
    );
  });
});
