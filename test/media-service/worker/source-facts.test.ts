import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import type { ProbedMedia, ProbedStream } from "../../../media-service/worker/probed-media";
import { sourceFacts, type VideoFacts } from "../../../media-service/worker/source-facts";
import { CLOCKWISE } from "./test-media";

const VIDEO: ProbedStream = {
  index: 0,
  kind: "video",
  codec: "h264",
  width: 1280,
  height: 720,
  averageFrameRate: { num: 25, den: 1 },
  nominalFrameRate: { num: 25, den: 1 },
  bitsPerSecond: 3_000_000,
  startSeconds: 0,
  durationSeconds: 10,
};
const SOUND: ProbedStream = {
  index: 1,
  kind: "audio",
  codec: "aac",
  channels: 2,
  sampleRate: 48_000,
  language: "deu",
  bitsPerSecond: 128_000,
};

function media(video: Partial<ProbedStream> = {}, rest: Partial<ProbedMedia> = {}): ProbedMedia {
  return {
    formatName: "mov,mp4,m4a,3gp,3g2,mj2",
    sizeBytes: 4_000_000,
    durationSeconds: 10,
    startSeconds: 0,
    streams: [{ ...VIDEO, ...video }, SOUND],
    ...rest,
  };
}

function videoFacts(probed: ProbedMedia): VideoFacts {
  const { video } = sourceFacts(probed);
  assert(video);
  return video;
}

describe("sourceFacts", () => {
  it("takes the video and every audio stream with its language", () => {
    assert.deepEqual(sourceFacts(media()), {
      container: "mov,mp4,m4a,3gp,3g2,mj2",
      sizeBytes: 4_000_000,
      durationSeconds: 10,
      startSeconds: 0,
      video: {
        streamIndex: 0,
        codec: "h264",
        width: 1280,
        height: 720,
        rotationDegrees: 0,
        frameRate: { num: 25, den: 1 },
        needsEvenRate: false,
        bitsPerSecond: 3_000_000,
        durationSeconds: 10,
      },
      audio: [
        {
          ...{ streamIndex: 1, codec: "aac", channels: 2, sampleRate: 48_000, language: "deu" },
          bitsPerSecond: 128_000,
        },
      ],
    });
  });

  for (const { why, video, width, height } of [
    {
      why: "turns a picture upright",
      video: { displayMatrix: CLOCKWISE },
      width: 720,
      height: 1280,
    },
    {
      why: "makes wide pixels square without enlarging",
      video: { width: 720, height: 576, sampleAspectRatio: { num: 16, den: 11 } },
      width: 720,
      height: 396,
    },
    {
      why: "makes narrow pixels square without enlarging",
      video: { width: 720, height: 480, sampleAspectRatio: { num: 8, den: 9 } },
      width: 640,
      height: 480,
    },
  ]) {
    it(why, () => {
      const facts = videoFacts(media(video));
      assert.deepEqual([facts.width, facts.height], [width, height]);
    });
  }

  for (const { why, video, rate, even } of [
    {
      why: "keeps 29.97 frames a second as a fraction",
      video: {
        averageFrameRate: { num: 30_000, den: 1001 },
        nominalFrameRate: { num: 30_000, den: 1001 },
      },
      rate: "30000/1001",
      even: false,
    },
    {
      why: "rounds a measured average to the usual rate it is near to",
      video: {
        averageFrameRate: { num: 2_997_013, den: 100_000 },
        nominalFrameRate: { num: 30_000, den: 1001 },
      },
      rate: "30000/1001",
      even: false,
    },
    {
      why: "evens out the frames of a telephone's recording",
      video: {
        averageFrameRate: { num: 27_431, den: 1000 },
        nominalFrameRate: { num: 90_000, den: 1 },
      },
      rate: "27431/1000",
      even: true,
    },
    {
      why: "halves 120 frames a second",
      video: {
        averageFrameRate: { num: 120, den: 1 },
        nominalFrameRate: { num: 120, den: 1 },
      },
      rate: "60/1",
      even: true,
    },
    {
      why: "fills the time before a picture that begins later than the file",
      video: { startSeconds: 0.08 },
      rate: "25/1",
      even: true,
    },
  ]) {
    it(why, () => {
      const { frameRate, needsEvenRate } = videoFacts(media(video));
      assert.equal(`${frameRate.num}/${frameRate.den}`, rate);
      assert.equal(needsEvenRate, even);
    });
  }

  it("estimates the video's bitrate by what the rest of the file leaves", () => {
    // A rate of 0 is how some containers say that they do not know.
    const facts = videoFacts(media({ bitsPerSecond: 0 }));
    assert.equal(facts.bitsPerSecond, (4_000_000 * 8) / 10 - 128_000);
  });

  it("passes over a cover picture", () => {
    const cover: ProbedStream = { ...VIDEO, index: 2, attachedPicture: true };
    const facts = sourceFacts(media({}, { streams: [SOUND, cover] }));
    assert.equal(facts.video, undefined);
    assert.equal(facts.audio.length, 1);
  });

  for (const { why, given, code } of [
    {
      why: "neither video nor sound",
      given: media({}, { streams: [{ index: 0, kind: "other", codec: "mov_text" }] }),
      code: "ErrorExecutingTaskUnsupportedFormat",
    },
    {
      why: "a picture of 8 lines",
      given: media({ height: 8 }),
      code: "ErrorExecutingTaskUnsupportedFormat",
    },
    {
      why: "a length of 0",
      given: media({}, { durationSeconds: 0 }),
      code: "ErrorExecutingTaskMalformedContent",
    },
  ]) {
    it(`refuses ${why} with ${code}`, () => {
      assert.throws(() => sourceFacts(given), { name: "TaskError", code });
    });
  }
});
