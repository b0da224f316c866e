import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import type { DeliveryForm } from "../../../media-service/packaging/delivery-form";
import type { Presentation } from "../../../media-service/packaging/presentation";
import { segmentRecipe } from "../../../media-service/packaging/segment-recipe";
import { present } from "./present";
import { tinyCmaf } from "./tiny-cmaf";
import { tinyAudio, tinyMp4, tinyVideo, withoutEdits } from "./tiny-mp4";

const CMAF: DeliveryForm = { name: "m3u8-cmaf", container: "cmaf", sound: "apart" };
const SMOOTH: DeliveryForm = { name: "", container: "smooth", sound: "apart" };
const TS: DeliveryForm = { name: "m3u8-aapl", container: "mpeg-ts", sound: "apart" };

/** How many segments can be passed on as they are read; each is compared with what is built of all bytes. */
function countStraight(
  { streams }: Presentation,
  file: Buffer,
  { form, keyFrames = false }: { form: DeliveryForm; keyFrames?: boolean },
): { straight: number; all: number } {
  let straight = 0;
  let all = 0;
  for (const stream of streams) {
    const [quality] = stream.qualities;
    for (const { time } of quality.track.segments) {
      const recipe = segmentRecipe({ streams, fragmentsPerHlsSegment: 1 } as Presentation, {
        ...{ form, stream, quality, time, keyFrames },
      });
      assert(recipe);
      all += 1;
      const found = recipe.straight();
      if (!found) continue;
      straight += 1;
      const { offset, sizeBytes } = found.part;
      const built = recipe.build(
        recipe.parts.map((part) => file.subarray(part.offset, part.offset + part.sizeBytes)),
      );
      assert(Buffer.concat([found.head, file.subarray(offset, offset + sizeBytes)]).equals(built));
    }
  }
  return { straight, all };
}

describe("segments that are one part of a file after a head", () => {
  const delayed = { ...tinyAudio(391), edits: [{ durationMs: 8000, mediaTime: 1024 }] };
  for (const [what, file, kinds] of [
    ["pictures alone", tinyMp4([tinyVideo(208)]), ["video"]],
    ["sound alone, less its priming", tinyMp4([{ ...delayed, trackId: 1 }]), ["audio"]],
  ] as const) {
    it(`${what}: all, with the bytes that they have when all is there`, async () => {
      const presentation = await present(
        kinds.map((kind) => ({ kind, src: "a.mp4" })),
        { "a.mp4": file },
      );
      for (const form of [CMAF, SMOOTH]) {
        const { straight, all } = countStraight(presentation, file, { form });
        assert(all > 3);
        assert.equal(straight, all, form.name);
      }
    });
  }

  it("fragments that lie ready in their file: all of CMAF, none of Smooth", async () => {
    const { samples, ...track } = withoutEdits(tinyVideo(208));
    const plain = samples.map(({ bytes, duration, sync = true }) => ({ bytes, duration, sync }));
    const inOrder = { ...track, samples: plain };
    const file = tinyCmaf(inOrder, { samplesPerFragment: 52 });
    const presentation = await present([{ kind: "video", src: "a.mp4" }], { "a.mp4": file });
    const { straight, all } = countStraight(presentation, file, { form: CMAF });

    assert(all > 3);
    assert.equal(straight, all);
    assert.equal(countStraight(presentation, file, { form: SMOOTH }).straight, 0);
  });

  it("interleaved tracks, key frames alone, MPEG-TS: none", async () => {
    const file = tinyMp4([tinyVideo(208), tinyAudio(208)]);
    const tracks = (["video", "audio"] as const).map((kind) => ({ kind, src: "a.mp4" }));
    const presentation = await present(tracks, { "a.mp4": file });
    assert.equal(countStraight(presentation, file, { form: CMAF }).straight, 0);

    const alone = tinyMp4([tinyVideo(208)]);
    const pictures = await present([{ kind: "video", src: "a.mp4" }], { "a.mp4": alone });
    for (const [form, keyFrames] of [
      [CMAF, true],
      [TS, false],
    ] as const) {
      assert.equal(countStraight(pictures, alone, { form, keyFrames }).straight, 0);
    }
  });
});
