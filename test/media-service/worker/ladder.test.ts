import { strict as assert } from "node:assert";
import fc from "fast-check";
import { describe, it } from "mocha";
import { adaptiveStreamingLadder, type Rung } from "../../../media-service/worker/plan/ladder";

const NTSC = 30_000 / 1001;
const text = (rungs: Rung[]): string =>
  rungs
    .map(({ width, height, kilobitsPerSecond }) => `${width}x${height}@${kilobitsPerSecond}`)
    .join(" ");

describe("adaptiveStreamingLadder", () => {
  for (const { why, source, rungs } of [
    {
      why: "gives the documented ladder of a 1080p source at 29.97 frames a second",
      source: { width: 1920, height: 1080, framesPerSecond: NTSC, bitsPerSecond: 20e6 },
      rungs: "1920x1080@6780 1280x720@3520 960x540@2210 640x360@1150 480x270@720 320x180@380",
    },
    {
      why: "gives the documented ladder of a 720p source at 23.97 frames a second",
      source: { width: 1280, height: 720, framesPerSecond: 24_000 / 1001, bitsPerSecond: 20e6 },
      rungs: "1280x720@2940 960x540@1850 640x360@960 480x270@600 320x180@320",
    },
    {
      why: "gives the documented ladder of a 360p source of 730 kbit/s",
      source: { width: 640, height: 360, framesPerSecond: NTSC, bitsPerSecond: 730_000 },
      rungs: "640x360@700 480x270@440 320x180@230",
    },
    {
      why: "fits a portrait source into boxes that stand upright",
      source: { width: 1080, height: 1920, framesPerSecond: NTSC, bitsPerSecond: 20e6 },
      rungs: "1080x1920@6780 720x1280@3520 540x960@2210 360x640@1150 270x480@720 180x320@380",
    },
    {
      why: "keeps the shape of a wide source",
      source: { width: 1920, height: 800, framesPerSecond: 25, bitsPerSecond: 20e6 },
      rungs: "1920x800@4610 1280x534@2400 960x400@1500 640x266@780 480x200@490 320x134@260",
    },
    {
      why: "scales a source above 1080p down to it",
      source: { width: 3840, height: 2160, framesPerSecond: NTSC, bitsPerSecond: 80e6 },
      rungs: "1920x1080@6780 1280x720@3520 960x540@2210 640x360@1150 480x270@720 320x180@380",
    },
    {
      why: "leaves out a rung that is hardly smaller than a source between two sizes",
      source: { width: 1000, height: 562, framesPerSecond: NTSC, bitsPerSecond: 20e6 },
      rungs: "1000x562@2370 640x360@1150 480x270@720 320x180@380",
    },
    {
      why: "gives a source below the smallest size one rung of its own size",
      source: { width: 161, height: 91, framesPerSecond: 25, bitsPerSecond: 5e6 },
      rungs: "160x90@110",
    },
    {
      why: "leaves out lower rungs that have hardly any bits left",
      source: { width: 1280, height: 720, framesPerSecond: 25, bitsPerSecond: 120_000 },
      rungs: "1280x720@110 960x540@72",
    },
  ]) {
    it(why, () => {
      assert.equal(text(adaptiveStreamingLadder(source)), rungs);
    });
  }

  it("never exceeds the source, and every rung is smaller in both than the one above", () => {
    const sources = fc.record({
      width: fc.integer({ min: 16, max: 8192 }),
      height: fc.integer({ min: 16, max: 8192 }),
      framesPerSecond: fc.double({ min: 1, max: 240, noNaN: true }),
      bitsPerSecond: fc.integer({ min: 2_000, max: 200_000_000 }),
    });
    fc.assert(
      fc.property(sources, (source) => {
        const rungs = adaptiveStreamingLadder(source);
        assert.ok(rungs.length >= 1 && rungs.length <= 6);
        for (const [index, rung] of rungs.entries()) {
          assert.ok(rung.width <= source.width && rung.height <= source.height);
          assert.ok(rung.width % 2 === 0 && rung.height % 2 === 0);
          assert.ok(rung.kilobitsPerSecond * 1000 <= source.bitsPerSecond);
          assert.ok(rung.kilobitsPerSecond >= 1);
          const above = rungs[index - 1];
          if (!above) continue;
          assert.ok(rung.width * rung.height < above.width * above.height);
          assert.ok(rung.kilobitsPerSecond < above.kilobitsPerSecond);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
