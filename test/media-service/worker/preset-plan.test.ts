import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { sizedPicture } from "../../../media-service/worker/plan/picture-size";
import {
  type EncodePlan,
  INDEX_MARK,
  videoOutputs,
} from "../../../media-service/worker/plan/encode-plan";
import { encodePlan } from "../../../media-service/worker/plan/plan-encode";
import type { StretchMode } from "../../../media-service/worker/presets/preset";
import { readPreset } from "../../../media-service/worker/presets/read-preset";
import type { SourceFacts, VideoFacts } from "../../../media-service/worker/source-facts";

const VIDEO: VideoFacts = {
  streamIndex: 0,
  codec: "h264",
  width: 1280,
  height: 720,
  rotationDegrees: 0,
  frameRate: { num: 25, den: 1 },
  needsEvenRate: false,
  bitsPerSecond: 5_000_000,
  durationSeconds: 100,
};
const ENGLISH = { streamIndex: 1, codec: "aac", channels: 2, sampleRate: 48_000, language: "eng" };
const FACTS: SourceFacts = {
  container: "mov,mp4,m4a,3gp,3g2,mj2",
  sizeBytes: 1_000_000,
  durationSeconds: 100,
  video: VIDEO,
  audio: [ENGLISH, { ...ENGLISH, streamIndex: 2, language: "deu" }],
};
const SOUND_ONLY: SourceFacts = {
  container: FACTS.container,
  sizeBytes: 1000,
  durationSeconds: 100,
  audio: FACTS.audio,
};
const LAYER = { Type: "H264Layer", Bitrate: 400, Width: 320, Height: 180 };
const SOUND = { Type: "AACAudio", Channels: 2, SamplingRate: 48_000, Bitrate: 128 };
const IMAGE = { Type: "JpgImage", JpgLayers: [{ Width: 64, Height: 36 }] };

function plan(preset: string | object, facts = FACTS, baseName = "film"): EncodePlan {
  const text = typeof preset === "string" ? preset : JSON.stringify({ Version: 1, ...preset });
  return encodePlan(readPreset(text), facts, {
    input: "in",
    baseName,
    output: (name) => `/scratch/${name}`,
  });
}

function mp4(codecs: object[], name = "{Basename}_{Width}x{Height}_{VideoBitrate}.mp4") {
  return { Codecs: codecs, Outputs: [{ FileName: name, Format: { Type: "MP4Format" } }] };
}

function images(codec: object) {
  return {
    Codecs: [{ ...IMAGE, ...codec }],
    Outputs: [{ FileName: "{Basename}_{Index}{Extension}", Format: { Type: "JpgFormat" } }],
  };
}

function video(layer: object, more: object = {}) {
  return { Type: "H264Video", H264Layers: [{ ...LAYER, ...layer }], ...more };
}

const names = ({ files }: EncodePlan): string[] => files.map(({ name }) => name);
const tracks = ({ files }: EncodePlan): string[] =>
  files.map((file) => file.tracks.map(({ kind }) => kind).join("+"));

describe("sizedPicture", () => {
  const wide = { width: 1920, height: 1080, turned: false };
  const narrow = { width: 1440, height: 1080, turned: false };
  const upright = { width: 720, height: 1280, turned: true };
  const px = (value: number) => ({ unit: "pixels", value }) as const;
  const share = (value: number) => ({ unit: "percent", value }) as const;

  for (const { why, source, wanted, mode, preserve, size, bars } of [
    {
      why: "AutoSize keeps the shape",
      source: wide,
      wanted: { width: px(1280), height: px(1280) },
      mode: "AutoSize",
      preserve: false,
      size: "1280x720",
      bars: "",
    },
    {
      why: "AutoFit fills up with bars",
      source: wide,
      wanted: { width: px(1280), height: px(1280) },
      mode: "AutoFit",
      preserve: false,
      size: "1280x1280",
      bars: "pad=1280:1280",
    },
    {
      why: "AutoFit puts bars at the sides",
      source: narrow,
      wanted: { width: px(1280), height: px(720) },
      mode: "AutoFit",
      preserve: false,
      size: "1280x720",
      bars: "scale=960:720",
    },
    {
      why: "None takes the size as it is",
      source: wide,
      wanted: { width: px(1280), height: px(1280) },
      mode: "None",
      preserve: false,
      size: "1280x1280",
      bars: "",
    },
    {
      why: "a box of nearly the shape is taken",
      source: wide,
      wanted: { width: px(848), height: px(480) },
      mode: "AutoSize",
      preserve: false,
      size: "848x480",
      bars: "",
    },
    {
      why: "shares are of the source",
      source: wide,
      wanted: { width: share(25), height: share(25) },
      mode: "AutoSize",
      preserve: false,
      size: "480x270",
      bars: "",
    },
    {
      why: "a missing side follows",
      source: wide,
      wanted: { width: px(640) },
      mode: "AutoSize",
      preserve: false,
      size: "640x360",
      bars: "",
    },
    {
      why: "small sources are enlarged",
      source: { width: 320, height: 180, turned: false },
      wanted: { width: px(640), height: px(360) },
      mode: "AutoSize",
      preserve: false,
      size: "640x360",
      bars: "",
    },
    {
      why: "odd sides become even",
      source: { width: 181, height: 321, turned: false },
      wanted: {},
      mode: "AutoSize",
      preserve: false,
      size: "182x322",
      bars: "",
    },
    {
      why: "an upright film is fitted into a lying box",
      source: upright,
      wanted: { width: share(100), height: share(100) },
      mode: "AutoSize",
      preserve: false,
      size: "406x720",
      bars: "",
    },
    {
      why: "an upright film keeps its size where asked",
      source: upright,
      wanted: { width: share(100), height: share(100) },
      mode: "AutoSize",
      preserve: true,
      size: "720x1280",
      bars: "",
    },
  ] as const) {
    it(`${why}: ${size}`, () => {
      const stretch = {
        mode: mode satisfies StretchMode,
        preserveResolutionAfterRotation: preserve,
        step: 2,
      } as const;
      const made = sizedPicture(source, wanted, stretch);
      assert.equal(`${made.width}x${made.height}`, size);
      assert.ok(made.filter.includes(bars), made.filter);
    });
  }
});

describe("encodePlan of a preset", () => {
  it("puts all sound into each file of interleaved layers", () => {
    const made = plan(mp4([video({}, { H264Layers: [LAYER, { ...LAYER, Bitrate: 200 }] }), SOUND]));

    assert.deepEqual(names(made), ["film_320x180_400.mp4", "film_320x180_200.mp4"]);
    assert.deepEqual(tracks(made), ["video+audio+audio", "video+audio+audio"]);
    assert.deepEqual(made.files[0]?.muxerOptions, { movflags: "+faststart", use_editlist: "1" });
  });

  it("calls the files of the interleaved ladder after what is in them", () => {
    const made = plan("Content Adaptive Multiple Bitrate MP4");
    assert.equal(names(made)[0], "film_1280x720_AACAudio_3040.mp4");
    assert.deepEqual(
      names(plan("Content Adaptive Multiple Bitrate MP4", { ...FACTS, audio: [] }))[0],
      "film_1280x720_3040.mp4",
    );
  });

  it("makes sound alone where there is no video", () => {
    const ladder = plan("Adaptive Streaming", SOUND_ONLY);
    assert.deepEqual(names(ladder), [
      "film_AACAudio_128_Audio1.mp4",
      "film_AACAudio_128_Audio2.mp4",
    ]);
    assert.equal(ladder.picture, undefined);
    const layers = plan("H264 Multiple Bitrate 720p", SOUND_ONLY);
    assert.deepEqual(
      [names(layers), tracks(layers)],
      [["film_AACAudio_128_Audio1.mp4"], ["audio+audio"]],
    );
    assert.deepEqual(names(plan("AAC Audio", SOUND_ONLY)), ["film_AAC_128.mp4"]);
  });

  it("takes the first 32 characters of a name, 64 where something is copied", () => {
    const long = "0123456789".repeat(7);
    const encoded = plan(mp4([video({}), SOUND], "{Basename}.mp4"), FACTS, long);
    assert.deepEqual(names(encoded), [`${long.slice(0, 32)}.mp4`]);
    const copied = plan(mp4([video({}), { Type: "CopyAudio" }], "{Basename}.mp4"), FACTS, long);
    assert.deepEqual(names(copied), [`${long.slice(0, 64)}.mp4`]);
    const faces = "😀".repeat(40);
    assert.deepEqual(names(plan(mp4([video({})], "x{Basename}"), FACTS, `a${faces}`)), [
      `xa${"😀".repeat(15)}.mp4`,
    ]);
  });

  it("fills in every macro", () => {
    const name =
      "{Basename}_{Codec}_{Resolution}_{Width}_{Height}_{Bitrate}_{VideoBitrate}_{AudioBitrate}_{Channel}_{Label}{Extension}";
    assert.deepEqual(names(plan(mp4([video({ Label: "low" }), SOUND], name))), [
      "film_H264_320x180_320_180_400_400_128_2_low.mp4",
    ]);
    assert.deepEqual(names(plan(mp4([SOUND], "{Basename}_{Codec}_{Bitrate}"))), [
      "film_AAC_128.mp4",
    ]);
  });

  it("sets the encoder as a layer says", () => {
    const layer = {
      ...{ Profile: "Main", Level: "3.1", MaxBitrate: 500, BufferWindow: "00:00:02", BFrames: 2 },
      ...{ ReferenceFrames: 4, AdaptiveBFrame: false, EntropyMode: "Cavlc", Slices: 2 },
    };
    const made = plan(
      mp4([
        video(layer, {
          SceneChangeDetection: true,
          Complexity: "Quality",
          KeyFrameInterval: "00:00:03",
        }),
      ]),
    );

    assert.deepEqual(videoOutputs(made)[0]?.codecOptions, {
      ...{ preset: "medium", profile: "main", level: "3.1" },
      ...{ b: "400k", maxrate: "500k", bufsize: "1000k" },
      ...{ bf: "2", refs: "4", b_strategy: "0", coder: "cavlc", slices: "2" },
      ...{ g: "100000", sc_threshold: "40", "forced-idr": "1", flags: "+cgop" },
      ...{ threads: "3", thread_type: "slice" },
    });
    assert.equal(made.picture?.keyframeSeconds, 3);
  });

  it("takes another frame rate than the source's", () => {
    const made = plan(mp4([video({ FrameRate: "12/1" })]));
    assert.deepEqual(made.picture?.frameRate, { num: 12, den: 1 });
    assert.deepEqual(made.picture.filters, ["fps=fps=12/1:start_time=0"]);
  });

  it("cuts picture and sound to the part on the input's own clock", () => {
    const source = { Sources: [{ StartTime: "00:00:11.4", Duration: "00:00:20" }] };
    const made = plan({ ...source, ...mp4([video({}), SOUND]) }, { ...FACTS, startSeconds: 1.4 });

    assert.deepEqual([made.durationSeconds, made.endSeconds], [20, 30]);
    assert.deepEqual(made.picture?.filters, [
      "trim=start=10.000000:end=30.000000",
      "setpts=PTS-10/TB",
      "fps=fps=25/1:start_time=0",
    ]);
    const sound = made.files[0]?.tracks[1];
    assert(sound?.kind === "audio");
    assert.match(sound.filter, /^atrim=start=10.000000:end=30.000000,asetpts=PTS-10\/TB,aresample/);
    assert.match(sound.filter, /apad=whole_dur=20.000$/);
  });

  it("ends a part with its input", () => {
    const made = plan({
      Sources: [{ StartTime: "00:01:30", Duration: "00:01:00" }],
      ...mp4([SOUND]),
    });
    assert.deepEqual([made.durationSeconds, made.endSeconds], [10, 100]);
  });

  it("crops, turns, deinterlaces and maps tones in the order of the picture's way", () => {
    const facts = {
      ...FACTS,
      video: { ...VIDEO, interlaced: true, highDynamicRange: true } as const,
    };
    const Filters = { Rotation: 90, Crop: { X: 10, Y: 20, Width: 700, Height: 500 } };
    const made = plan(
      { Sources: [{ Filters }], ...mp4([video({ Width: "100%", Height: "100%" })]) },
      facts,
    );

    const filters = made.picture?.filters ?? [];
    assert.deepEqual(filters.slice(0, 2), ["yadif=deint=interlaced", "transpose=clock"]);
    assert.deepEqual(filters.slice(-3), [
      "scale=720:1280:flags=bicubic",
      "setsar=1",
      "crop=700:500:10:20:exact=1",
    ]);
    assert.ok(filters.includes("tonemap=hable:desat=0"));
    assert.equal(made.picture?.autoRotate, false);
  });

  for (const { why, codec, select } of [
    {
      why: "shares",
      codec: { Start: "5%", Step: "10%", Range: "96%" },
      select: "lt(selected_n,10)*gte(t,4.999500+selected_n*10.000000)",
    },
    {
      why: "times",
      codec: { Start: "00:00:01", Step: "00:00:10", Range: "00:00:58" },
      select: "lt(selected_n,6)*gte(t,0.999500+selected_n*10.000000)",
    },
    {
      why: "one frame",
      codec: { Start: "00:00:30", Step: "1", Range: "1" },
      select: "lt(selected_n,1)*gte(t,29.999500+selected_n*0.040000)",
    },
    {
      why: "frames",
      codec: { Start: "0", Step: "25", Range: "100" },
      select: "lt(selected_n,4)*gte(t,0.000000+selected_n*1.000000)",
    },
    {
      why: "the default step",
      codec: { Start: "10%" },
      select: "lt(selected_n,9)*gte(t,9.999500+selected_n*10.000000)",
    },
  ]) {
    it(`picks images by ${why}`, () => {
      const [set] = plan(images(codec)).images;
      assert(set);
      assert.ok(set.filter.startsWith(`select='${select}'`), set.filter);
      assert.equal(set.name, `film_${INDEX_MARK}.jpg`);
    });
  }

  it("makes images without a film", () => {
    const made = plan(images({ Start: "{Best}" }));
    assert.deepEqual([made.files, made.images.length], [[], 1]);
    assert.match(made.images[0]?.filter ?? "", /thumbnail/);
  });

  it("copies streams where it is told to", () => {
    const made = plan(
      mp4([{ Type: "CopyVideo" }, { Type: "CopyAudio" }], "{Basename}_{Resolution}_{Codec}.mp4"),
    );
    assert.deepEqual(tracks(made), ["copied video+copied audio+copied audio"]);
    assert.deepEqual(names(made), ["film_1280x720_H264.mp4"]);
    assert.equal(made.picture, undefined);
  });

  const UNSUPPORTED = "ErrorExecutingTaskUnsupportedFormat";
  const PARSING = "ErrorParsingConfiguration";
  for (const { why, preset, facts = FACTS, code, says } of [
    {
      why: "sound of a silent film",
      preset: "AAC Audio",
      facts: { ...FACTS, audio: [] },
      code: UNSUPPORTED,
      says: /the input has no sound/,
    },
    {
      why: "images of sound",
      preset: images({}),
      facts: SOUND_ONLY,
      code: UNSUPPORTED,
      says: /the input has no video/,
    },
    {
      why: "video alone of sound",
      preset: mp4([video({})]),
      facts: SOUND_ONLY,
      code: UNSUPPORTED,
      says: /the input has no video/,
    },
    {
      why: "black in place of video",
      preset: mp4([video({}, { Condition: "InsertBlackIfNoVideo" }), SOUND]),
      facts: SOUND_ONLY,
      code: UNSUPPORTED,
      says: /black video/,
    },
    {
      why: "a part behind the end",
      preset: { Sources: [{ StartTime: "00:02:00" }], ...mp4([SOUND]) },
      code: UNSUPPORTED,
      says: /begins at 120 s/,
    },
    {
      why: "images behind the end",
      preset: images({ Start: "00:02:00" }),
      code: UNSUPPORTED,
      says: /begin at 120.000 s/,
    },
    {
      why: "an image of each frame",
      preset: images({ Start: "0", Step: "1" }),
      code: PARSING,
      says: /ask for 2500 images/,
    },
    {
      why: "a crop beyond the picture",
      preset: {
        Sources: [{ Filters: { Crop: { X: 1000, Y: 0, Width: 300, Height: 10 } } }],
        ...mp4([video({})]),
      },
      code: PARSING,
      says: /Crop reaches beyond/,
    },
    {
      why: "one name for two layers",
      preset: mp4([video({}, { H264Layers: [LAYER, LAYER] })]),
      code: PARSING,
      says: /call two files 'film_320x180_400.mp4'/,
    },
    {
      why: "a level that is too low",
      preset: mp4([video({ Level: "1", Width: 1280, Height: 720 })]),
      code: UNSUPPORTED,
      says: /level 1 of H.264 cannot hold 1280x720/,
    },
    {
      why: "a copy of another codec",
      preset: mp4([{ Type: "CopyVideo" }], "{Basename}.mp4"),
      facts: { ...FACTS, video: { ...VIDEO, codec: "prores" } },
      code: UNSUPPORTED,
      says: /CopyVideo cannot take the input's prores/,
    },
    {
      why: "a cut of what is copied",
      preset: {
        Sources: [{ StartTime: "00:00:01" }],
        ...mp4([{ Type: "CopyVideo" }], "{Basename}.mp4"),
      },
      code: PARSING,
      says: /Copy/,
    },
  ]) {
    it(`refuses ${why}`, () => {
      assert.throws(() => plan(preset, facts), { name: "TaskError", code, message: says });
    });
  }
});
