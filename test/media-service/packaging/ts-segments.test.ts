import { strict as assert } from "node:assert";
import fc from "fast-check";
import { describe, it } from "mocha";
import { requireFormat } from "../../../media-service/origin/streaming-format";
import { box, uint16 } from "../../../media-service/packaging/box-writer";
import { renderClientManifest } from "../../../media-service/packaging/client-manifest";
import {
  deliveredSegments,
  segmentsTogether,
} from "../../../media-service/packaging/delivered-segments";
import type { Presentation } from "../../../media-service/packaging/presentation";
import { segmentRecipe } from "../../../media-service/packaging/segment-recipe";
import { present } from "./present";
import { adtsFrames, nalUnits, type PlayedUnit, TsReader } from "./read-ts";
import { tinyCmaf } from "./tiny-cmaf";
import { aacEntry, tinyAudio, tinyMp4, type TinyTrack, tinyVideo, withoutEdits } from "./tiny-mp4";

const V4 = requireFormat("m3u8-aapl");
const V3 = requireFormat("m3u8-aapl-v3");
const AAC = Buffer.from("1190", "hex");
const START = 900_000;
const CODE = Buffer.from([0, 0, 0, 1]);
const DELIMITER = Buffer.from("0000000109f0", "hex");
const PARAMETER_SETS = Buffer.from("0000000167010000000168ce", "hex");

/** Pictures of two NAL units, after lengths of four bytes. */
function pictures(track: TinyTrack): TinyTrack {
  return {
    ...track,
    samples: track.samples.map((sample, index) => {
      const first = Buffer.from([0x06, 5, 1, (index % 250) + 1, 0x80]);
      const second = Buffer.concat([
        Buffer.from([sample.sync === false ? 0x41 : 0x65]),
        Buffer.alloc(30 + ((index * 97) % 900), (index % 250) + 1),
      ]);
      const unit = (nal: Buffer): Buffer => Buffer.concat([lengthOf(nal), nal]);
      return { ...sample, bytes: Buffer.concat([unit(first), unit(second)]) };
    }),
  };
}

function lengthOf(nal: Buffer): Buffer {
  return Buffer.concat([uint16(0), uint16(nal.length)]);
}

type Kind = "video" | "audio";

/** Files by name, with the tracks in them that are listed. */
type Files = Readonly<Record<string, { bytes: Buffer; kinds: readonly Kind[] }>>;

function presentFiles(files: Files, fragmentsPerHlsSegment = 3): Promise<Presentation> {
  const tracks = Object.entries(files).flatMap(([src, { kinds }]) =>
    kinds.map((kind) => ({ kind, src })),
  );
  const contents = Object.entries(files).map(([name, { bytes }]) => [name, bytes] as const);
  return present(tracks, Object.fromEntries(contents), fragmentsPerHlsSegment);
}

/** Every segment of a stream, one after the other through one reader. */
function playAll(
  presentation: Presentation,
  file: (src: string) => Buffer,
  { form, stream: kind }: { form: typeof V4; stream: "video" | "audio" },
): Map<number, PlayedUnit[]>[] {
  const stream = presentation.streams.find((one) => one.kind === kind);
  assert(stream);
  const [quality] = stream.qualities;
  const reader = new TsReader();
  const together = segmentsTogether(presentation, form);
  return deliveredSegments(quality.track, together).map(({ time }) => {
    const recipe = segmentRecipe(presentation, { form, stream, quality, time });
    assert(recipe);
    const bytes = recipe.parts.map(({ src, offset, sizeBytes }) =>
      file(src).subarray(offset, offset + sizeBytes),
    );
    return new Map(
      reader.read(recipe.build(bytes)).map(({ streamType, units }) => [streamType, units]),
    );
  });
}

function unitsOf(segments: readonly Map<number, PlayedUnit[]>[], type: number): PlayedUnit[] {
  return segments.flatMap((segment) => segment.get(type) ?? []);
}

function assertPictures(units: readonly PlayedUnit[], source: TinyTrack, shift: number): void {
  let decodeTime = 0;
  const expected = source.samples.map(({ bytes, duration, compositionOffset = 0, sync }) => {
    const pts = START + Math.round(((decodeTime + compositionOffset - shift) / 12_800) * 90_000);
    decodeTime += duration;
    const payload = Buffer.concat([
      DELIMITER,
      ...(sync === false ? [] : [PARAMETER_SETS]),
      CODE,
      bytes.subarray(4, 9),
      CODE,
      bytes.subarray(13),
    ]);
    return { pts, randomAccess: sync !== false, payload: payload.toString("hex") };
  });
  assert.deepEqual(
    units.map(({ pts, randomAccess, payload }) => ({
      pts,
      randomAccess,
      payload: payload.toString("hex"),
    })),
    expected,
  );
  units.forEach(({ dts }, index) => {
    const last = units[index - 1];
    if (last) assert(dts > last.dts, `picture ${index} is decoded after the one before it`);
  });
}

function assertSound(units: readonly PlayedUnit[], source: TinyTrack, skipped: number): void {
  const frames = units.flatMap(({ payload }) => adtsFrames(payload, AAC));
  assert.deepEqual(
    frames.map((frame) => frame.toString("hex")),
    source.samples.slice(skipped).map(({ bytes }) => bytes.toString("hex")),
  );
  let frame = 0;
  for (const { pts, dts, payload } of units) {
    assert.equal(pts, START + frame * 1920);
    assert.equal(dts, pts);
    frame += adtsFrames(payload, AAC).length;
  }
}

describe("segments of MPEG-TS", () => {
  const video = pictures(tinyVideo(520));
  const audio = tinyAudio(975);

  it("are these bytes for one picture", async () => {
    const one: TinyTrack = {
      kind: "video",
      trackId: 1,
      timescale: 12_800,
      samples: [{ bytes: Buffer.from("00000003658801", "hex"), duration: 512 }],
    };
    const bytes = tinyMp4([one]);
    const presentation = await presentFiles({ "one.mp4": { bytes, kinds: ["video"] } });
    const [stream] = presentation.streams;
    assert(stream);
    const recipe = segmentRecipe(presentation, {
      form: V4,
      stream,
      quality: stream.qualities[0],
      time: 0,
    });
    const [part] = recipe?.parts ?? [];
    assert(recipe && part);
    const segment = recipe.build([bytes.subarray(part.offset, part.offset + part.sizeBytes)]);

    const padded = (head: string): string => head.padEnd(188 * 2, "f");
    const packets = segment.toString("hex").match(/.{376}/g) ?? [];
    assert.equal(packets.length, 2 + 16);
    assert.equal(packets[0], padded("474000100000b00d0001c100000001f0002ab104b2"));
    assert.equal(packets[1], padded("475000100002b0120001c10000e100f0001be100f00015bd4d56"));
    // The clock is 100 ms before the picture's time, 10 s; the head is not torn apart.
    assert.match(
      packets[2] ?? "",
      /^47410030a9500006cc3c7e00(?:ff){162}000001e000218480052100377741$/,
    );
    assert.equal(
      packets
        .slice(2)
        .join("")
        .match(/4701003[0-9a-f]/g)?.length,
      15,
      "fifteen more packets keep the counter going",
    );
  });

  for (const { name, files } of [
    {
      name: "an interleaved progressive file",
      files: (): Files => ({
        "both.mp4": { bytes: tinyMp4([video, audio]), kinds: ["video", "audio"] },
      }),
    },
    {
      name: "CMAF files",
      files: (): Files => ({
        "v.mp4": { bytes: tinyCmaf(video, { samplesPerFragment: 52 }), kinds: ["video"] },
        "a.mp4": {
          bytes: tinyCmaf(withoutEdits(audio), { samplesPerFragment: 94, indexShift: 1024 }),
          kinds: ["audio"],
        },
      }),
    },
  ]) {
    for (const together of [1, 3, 4, 100]) {
      it(`hold all of ${name}, ${together} fragments in each, counters and clocks going on`, async () => {
        const made = files();
        const presentation = await presentFiles(made, together);
        const file = (src: string): Buffer => made[src]?.bytes ?? Buffer.alloc(0);
        const apart = playAll(presentation, file, { form: V4, stream: "video" });
        const sound = playAll(presentation, file, { form: V4, stream: "audio" });
        const muxed = playAll(presentation, file, { form: V3, stream: "video" });

        assert.equal(apart.length, Math.ceil(10 / together));
        assertPictures(unitsOf(apart, 0x1b), video, 1024);
        assertSound(unitsOf(sound, 0x0f), audio, 1);
        assertPictures(unitsOf(muxed, 0x1b), video, 1024);
        assertSound(unitsOf(muxed, 0x0f), audio, 1);
        for (const segment of muxed.slice(0, -1)) {
          const shown = (segment.get(0x1b) ?? []).map(({ pts }) => pts);
          const heard = (segment.get(0x0f) ?? []).map(({ pts }) => pts);
          const from = Math.min(...shown);
          const to = Math.max(...shown) + 3600;
          assert(heard.every((pts) => pts >= from && pts < to + 6 * 1920));
        }
      });
    }
  }

  it("keep sound in time with pictures over an hour", async () => {
    const long = pictures(tinyVideo(52 * 300));
    const heard = tinyAudio(29_250);
    const bytes = tinyMp4([long, heard]);
    const presentation = await presentFiles(
      { "long.mp4": { bytes, kinds: ["video", "audio"] } },
      1,
    );
    const segments = playAll(presentation, () => bytes, { form: V3, stream: "video" });

    for (const segment of segments.slice(1, -1)) {
      const first = segment.get(0x0f)?.[0]?.pts ?? 0;
      const shown = Math.min(...(segment.get(0x1b) ?? []).map(({ pts }) => pts));
      assert(first >= shown && first < shown + 1920, `${first} with ${shown}`);
    }
    assertSound(unitsOf(segments, 0x0f), heard, 1);
  });

  it("go on without sound where the sound ends early, and with it where it ends late", async () => {
    for (const frames of [100, 1300]) {
      const short = tinyAudio(frames);
      const bytes = tinyMp4([video, short]);
      const presentation = await presentFiles({ "odd.mp4": { bytes, kinds: ["video", "audio"] } });
      const muxed = playAll(presentation, () => bytes, { form: V3, stream: "video" });

      assertPictures(unitsOf(muxed, 0x1b), video, 1024);
      assertSound(unitsOf(muxed, 0x0f), short, 1);
    }
  });

  it("hold a bounded number of fragments, whatever the server manifest says", async () => {
    const long = pictures(withoutEdits(tinyVideo(40, 1)));
    const bytes = tinyMp4([
      { ...long, samples: long.samples.map((one) => ({ ...one, duration: 25_600 })) },
    ]);
    const files = { "long.mp4": { bytes, kinds: ["video"] as const } };
    const presentation = await presentFiles(files, 1_000_000);
    const segments = playAll(presentation, () => bytes, { form: V4, stream: "video" });

    assert.deepEqual(
      segments.map((segment) => segment.get(0x1b)?.length),
      [15, 15, 10],
    );
  });

  it("leave delimiters and parameter sets alone that a picture brings along", async () => {
    const own = Buffer.concat(
      ["09f0", "67aa", "68bb", "6588"].map((hex) => {
        const nal = Buffer.from(hex, "hex");
        return Buffer.concat([lengthOf(nal), nal]);
      }),
    );
    const track: TinyTrack = {
      kind: "video",
      trackId: 1,
      timescale: 12_800,
      samples: [{ bytes: own, duration: 512 }],
    };
    const bytes = tinyMp4([track]);
    const presentation = await presentFiles({ "own.mp4": { bytes, kinds: ["video"] } });
    const [segment] = playAll(presentation, () => bytes, { form: V4, stream: "video" });

    assert.deepEqual(
      nalUnits(segment?.get(0x1b)?.[0]?.payload ?? Buffer.alloc(0)).map((nal) =>
        nal.toString("hex"),
      ),
      ["09f0", "67aa", "68bb", "6588"],
    );
  });

  it("write HEVC with its own delimiter and parameter sets", async () => {
    const hvcC = Buffer.concat([
      Buffer.from("0101600000009000000000005df000fcfdf8f800000f03", "hex"),
      ...["40", "42", "44"].map((type) =>
        Buffer.concat([
          Buffer.from([Number(`0x${type}`) >> 1]),
          uint16(1, 3),
          Buffer.from(`${type}01aa`, "hex"),
        ]),
      ),
    ]);
    const entry = box(
      "hvc1",
      Buffer.concat([Buffer.alloc(6), uint16(1), Buffer.alloc(16), uint16(640, 360)]),
      Buffer.alloc(50),
      box("hvcC", hvcC),
    );
    const track: TinyTrack = {
      kind: "video",
      trackId: 1,
      timescale: 12_800,
      entry,
      samples: [
        { bytes: Buffer.from("000000032601ff", "hex"), duration: 512 },
        { bytes: Buffer.from("000000030201ee", "hex"), duration: 512, sync: false },
      ],
    };
    const bytes = tinyMp4([track]);
    const presentation = await presentFiles({ "h.mp4": { bytes, kinds: ["video"] } });
    const [segment] = playAll(presentation, () => bytes, { form: V4, stream: "video" });

    assert.deepEqual(
      (segment?.get(0x24) ?? []).map(({ payload }) =>
        nalUnits(payload).map((nal) => nal.toString("hex")),
      ),
      [
        ["460150", "4001aa", "4201aa", "4401aa", "2601ff"],
        ["460150", "0201ee"],
      ],
    );
  });

  for (const { what, config, core, codec } of [
    { what: "HE-AAC", config: "2b118800", core: "1310", codec: "mp4a.40.5" },
    { what: "HE-AAC version 2", config: "eb098800", core: "1308", codec: "mp4a.40.29" },
  ]) {
    it(`write ${what} as its core, in whose frames decoders find the rest`, async () => {
      const sound = withoutEdits(tinyAudio(200));
      const entry = aacEntry(Buffer.from(config, "hex"));
      const samples = sound.samples.map((one) => ({ ...one, duration: 2048 }));
      const bytes = tinyMp4([{ ...sound, entry, samples }]);
      const presentation = await presentFiles({ "he.mp4": { bytes, kinds: ["audio"] } });
      const [quality] = presentation.streams[0]?.qualities ?? [];
      const segments = playAll(presentation, () => bytes, { form: V4, stream: "audio" });
      const units = unitsOf(segments, 0x0f);
      let frame = 0;
      for (const { pts, payload } of units) {
        assert.equal(pts, START + frame * 3840);
        frame += adtsFrames(payload, Buffer.from(core, "hex")).length;
      }

      assert.equal(frame, 200);
      assert.equal(quality?.track.header.entry.codec, codec);
      assert.equal(quality.track.header.entry.channels, 2);
      assert.match(renderClientManifest(presentation), new RegExp(`FourCC="AACH".*${config}`, "i"));
    });
  }

  it("refuse a NAL unit that reaches past its picture", async () => {
    const track: TinyTrack = {
      kind: "video",
      trackId: 1,
      timescale: 12_800,
      samples: [{ bytes: Buffer.from("000000ff6588", "hex"), duration: 512 }],
    };
    const bytes = tinyMp4([track]);
    const presentation = await presentFiles({ "bad.mp4": { bytes, kinds: ["video"] } });

    assert.throws(() => playAll(presentation, () => bytes, { form: V4, stream: "video" }), {
      name: "CorruptError",
      message: /reaches past its picture's end/,
    });
  });

  it("hold any samples whole, in order, by counters that go on", async () => {
    const nal = fc
      .uint8Array({ minLength: 1, maxLength: 600 })
      .map((bytes) => Buffer.concat([Buffer.from([0x41]), Buffer.from(bytes).fill(7)]));
    const picture = fc.record({
      nals: fc.array(nal, { minLength: 1, maxLength: 4 }),
      duration: fc.integer({ min: 1, max: 3000 }),
      sync: fc.boolean(),
    });
    const sound = fc.record({
      bytes: fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
      duration: fc.integer({ min: 1, max: 1024 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(picture, { minLength: 1, maxLength: 40 }),
        fc.array(sound, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        async (pictureList, soundList, together) => {
          const shown = pictureList.map(({ nals, duration, sync }, index) => ({
            bytes: Buffer.concat(nals.flatMap((one) => [lengthOf(one), one])),
            duration,
            sync: sync || index === 0,
          }));
          const bytes = tinyMp4([
            { kind: "video", trackId: 1, timescale: 1000, samples: shown },
            { kind: "audio", trackId: 2, timescale: 600, samples: soundList },
          ]);
          const files = { "any.mp4": { bytes, kinds: ["video", "audio"] as const } };
          const presentation = await presentFiles(files, together);
          const muxed = playAll(presentation, () => bytes, { form: V3, stream: "video" });
          assert.deepEqual(
            unitsOf(muxed, 0x1b).map(({ payload }) =>
              nalUnits(payload)
                .slice(1)
                .filter((one) => one[0] === 0x41),
            ),
            pictureList.map(({ nals }) => nals),
          );
          assert.deepEqual(
            unitsOf(muxed, 0x0f).flatMap(({ payload }) => adtsFrames(payload, AAC)),
            soundList.map((one) => one.bytes),
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});
