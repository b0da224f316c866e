import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { box, fullBox, uint32 } from "../../../media-service/packaging/box-writer";
import { mediaSegment } from "../../../media-service/packaging/media-segment";
import { assertBytes, assertContinuous, play, tracksOf } from "./played";
import { tinyCmaf } from "./tiny-cmaf";
import { tinyAudio, tinyMp4, type TinyTrack, tinyVideo, withoutEdits } from "./tiny-mp4";

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

  it("are found one by one where the file has no index", async () => {
    const video = tinyVideo(208);
    const file = tinyCmaf(video, { samplesPerFragment: 26, withoutIndex: true });
    const [track] = await tracksOf(file);
    assert(track);
    const played = play(file, track);

    assertBytes(played, video);
    assertContinuous(track, played);
    assert.equal(track.segments.length, 4);
    assert.equal(track.segments[0]?.time, 0);
    assert.equal(
      track.segments.reduce((sum, { mediaBytes }) => sum + mediaBytes, 0),
      video.samples.reduce((sum, { bytes }) => sum + bytes.length, 0),
    );
  });

  it("are found although the file's list of them leads nowhere", async () => {
    const video = cmafVideo(208);
    const fragments = tinyCmaf(video, { samplesPerFragment: 52, withoutIndex: true });
    const places = [fragments.length - 4000, fragments.length - 2000].map((place) =>
      uint32(0, place, 0x01010100 >>> 8),
    );
    const list = fullBox(
      { type: "tfra" },
      uint32(1, 0, 2),
      ...places.map((place) => place.subarray(0, 11)),
    );
    const size = 8 + list.length + 16;
    const file = Buffer.concat([
      fragments,
      box("mfra", list, fullBox({ type: "mfro" }, uint32(size))),
    ]);
    const [track] = await tracksOf(file);
    assert(track);

    assertBytes(play(file, track), video);
  });

  it("are refused when a part of them is progressive", async () => {
    const file = tinyMp4([tinyVideo(52)]);
    const mvex = box("mvex", fullBox({ type: "trex" }, uint32(1, 1, 0, 0, 0)));
    const moov = file.subarray(16, 16 + file.readUInt32BE(16));
    const hybrid = Buffer.concat([
      file.subarray(0, 16),
      box("moov", moov.subarray(8), mvex),
      box("moof"),
      box("mdat"),
    ]);

    await assert.rejects(tracksOf(hybrid), {
      name: "CorruptError",
      message: /begins progressive and goes on in fragments; .*\+faststart/,
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

describe("damaged fragmented files", () => {
  for (const withoutIndex of [false, true]) {
    it(`fail by saying so, ${withoutIndex ? "without" : "with"} an index`, async () => {
      const whole = tinyCmaf(tinyVideo(52), { samplesPerFragment: 13, withoutIndex });
      for (let at = 20; at < whole.length; at += 3) {
        for (const flip of [0x81, 0xff]) {
          const damaged = Buffer.from(whole);
          damaged.writeUInt8(damaged.readUInt8(at) ^ flip, at);
          await playAll(damaged).catch((error: unknown) => {
            assert(error instanceof Error);
            assert.equal(error.name, "CorruptError", `byte ${at}: ${error.stack ?? ""}`);
          });
        }
      }
    });
  }

  it("are given up early when a fragment says that it has billions of samples", async () => {
    const file = tinyCmaf(cmafVideo(52), { samplesPerFragment: 52, withoutIndex: true });
    const trun = file.indexOf("trun");
    // Nothing is said of single samples, so that nothing but the count bounds them.
    file.writeUInt32BE(0x01000001, trun + 4);
    file.writeUInt32BE(0xfffffff0, trun + 8);

    await assert.rejects(tracksOf(file), { name: "CorruptError", message: /4294967280 samples/ });
  });
});

async function playAll(file: Buffer): Promise<void> {
  for (const track of await tracksOf(file)) {
    for (const [index, { offset, sizeBytes }] of track.segments.entries()) {
      mediaSegment(track, index, file.subarray(offset, offset + sizeBytes));
    }
  }
}
