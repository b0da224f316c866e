import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { mediaSegment } from "../../../media-service/packaging/media-segment";
import { assertBytes, assertContinuous, play, tracksOf } from "./played";
import { tinyCmaf } from "./tiny-cmaf";
import { tinyAudio, type TinyTrack, tinyVideo, withoutEdits } from "./tiny-mp4";

/** A track without an edit list whose composition offsets begin at 0, as CMAF encoders write it. */
function cmafVideo(frames: number): TinyTrack {
  const video = withoutEdits(tinyVideo(frames));
  return {
    ...video,
    samples: video.samples.map((sample) => ({
      ...sample,
      compositionOffset: (sample.compositionOffset ?? 0) - 1024,
    })),
  };
}

describe("segments of a CMAF file", () => {
  it("go out as they lie in the file where nothing has to change", async () => {
    const video = cmafVideo(208);
    const file = tinyCmaf(video, { samplesPerFragment: 52 });
    const [track] = await tracksOf(file);
    assert(track);
    const played = play(file, track);

    assertBytes(played, video);
    assertContinuous(track, played);
    assert.equal(track.segments.length, 4);
    for (const [index, { offset, sizeBytes }] of track.segments.entries()) {
      const part = file.subarray(offset, offset + sizeBytes);
      assert(mediaSegment(track, index, part).equals(part));
    }
  });

  it("lose the priming that FFmpeg's index takes off and its fragments keep", async () => {
    const audio = withoutEdits(tinyAudio(400));
    const file = tinyCmaf(audio, { samplesPerFragment: 94, indexShift: 1024 });
    const [track] = await tracksOf(file);
    assert(track);
    const played = play(file, track);

    assertBytes(played, audio, 1);
    assertContinuous(track, played);
    assert.equal(played[0]?.[0]?.decodeTime, 0);
  });

  it("lose it also when the whole sound is one segment", async () => {
    const audio = withoutEdits(tinyAudio(50));
    const file = tinyCmaf(audio, { samplesPerFragment: 94, indexShift: 1024 });
    const [track] = await tracksOf(file);
    assert(track);

    assertBytes(play(file, track), audio, 1);
  });

  for (const { name, indexShift } of [
    { name: "presentation time", indexShift: 1024 },
    { name: "media time", indexShift: 0 },
  ]) {
    it(`follow the edit list when the index counts ${name}`, async () => {
      const video = tinyVideo(208);
      const file = tinyCmaf(video, { samplesPerFragment: 52, indexShift });
      const [track] = await tracksOf(file);
      assert(track);
      const played = play(file, track);

      assertBytes(played, video);
      assertContinuous(track, played);
      assert.equal(track.segments[0]?.time, 0);
      assert.equal(track.segments[1]?.time, 20_800_000);
    });
  }

  it("hold all fragments of a reference, and all references up to the next key frame", async () => {
    const video = cmafVideo(208);
    const file = tinyCmaf(video, {
      samplesPerFragment: 13,
      fragmentsPerReference: 2,
      startsWithSap: (reference) => reference % 2 === 0,
    });
    const [track] = await tracksOf(file);
    assert(track);
    const played = play(file, track);

    assertBytes(played, video);
    assertContinuous(track, played);
    assert.equal(track.segments.length, 4);
  });

  it("are refused without an index, saying how to write one", async () => {
    const file = tinyCmaf(cmafVideo(52), { samplesPerFragment: 52, withoutIndex: true });

    await assert.rejects(tracksOf(file), {
      name: "CorruptError",
      message: /fragmented without a 'sidx' index; .*global_sidx/,
    });
  });

  it("are refused when the file was cut off", async () => {
    const file = tinyCmaf(cmafVideo(208), { samplesPerFragment: 52 });

    await assert.rejects(tracksOf(file.subarray(0, file.length - 100)), {
      name: "CorruptError",
      message: /it is cut off/,
    });
  });
});
