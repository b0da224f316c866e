import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { bufferSource } from "../../../media-service/packaging/byte-source";
import { readMovieIndex } from "../../../media-service/packaging/movie-index";
import { parseServerManifest } from "../../../media-service/packaging/server-manifest";
import { type AssetFile, assetFiles } from "../../../media-service/worker/asset-files";
import { encodeFile } from "../../../media-service/worker/encode-file";
import { chooseEncoder } from "../../../media-service/worker/encoders/choose-encoder";
import type { Encoder } from "../../../media-service/worker/encoders/encoder";
import { readPreset } from "../../../media-service/worker/presets/read-preset";

const run = promisify(execFile);
const { signal } = new AbortController();

const PICTURE = ["-f", "lavfi", "-i", "testsrc2=size=192x108:rate=25:duration=2"];
const TONE = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2"];
const FAST = ["-c:v", "libx264", "-preset", "ultrafast"];

/** Sources that cameras, editors and recorders make, by ffmpeg's arguments. */
const SOURCES = {
  "plain.mp4": [...PICTURE, ...TONE, ...FAST, "-ac", "2"],
  "languages.mp4": [
    ...[...PICTURE, ...TONE, ...TONE, ...FAST, "-map", "0:v", "-map", "1:a", "-map", "2:a"],
    ...["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu"],
  ],
  "surround.mp4": [...PICTURE, ...TONE, ...FAST, "-ac", "6"],
  "broadcast.ts": [...PICTURE, ...TONE, ...FAST, "-c:a", "mp2", "-output_ts_offset", "3600"],
  "editor.mov": [...PICTURE, "-c:v", "prores_ks", "-profile:v", "0"],
  "ten-bit.mkv": [
    ...PICTURE,
    "-pix_fmt",
    "yuv420p10le",
    "-c:v",
    "libx265",
    "-x265-params",
    "log-level=none",
  ],
  "hdr.mp4": [
    ...[...PICTURE, "-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-x265-params"],
    "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc",
  ],
  "interlaced.mp4": [
    ...[
      ...PICTURE,
      "-vf",
      "setfield=tff",
      ...FAST,
      "-flags",
      "+ilme+ildct",
      "-x264-params",
      "tff=1",
    ],
  ],
  "uneven.mkv": [...PICTURE, "-vf", "select='not(eq(mod(n,5),3))'", "-vsync", "vfr", ...FAST],
  "one-frame.mp4": ["-f", "lavfi", "-i", "color=red:size=64x64:rate=25:duration=0.04", ...FAST],
  "odd.mp4": [
    ...[
      "-f",
      "lavfi",
      "-i",
      "testsrc2=size=91x161:rate=30000/1001:duration=1",
      "-pix_fmt",
      "yuv444p",
      ...FAST,
    ],
  ],
  "sound.m4a": [...TONE, "-ac", "2"],
  "song.mp3": [...TONE, "-ac", "2"],
} satisfies Record<string, string[]>;

const LAYER = { Type: "H264Layer", Bitrate: 200, Width: 96, Height: 54 };
const SOUND = { Type: "AACAudio", Channels: 2, SamplingRate: 48_000, Bitrate: 96 };
const MP4 = {
  FileName: "{Basename}_{Width}x{Height}_{VideoBitrate}.mp4",
  Format: { Type: "MP4Format" },
};
const still = (kind: string) => ({
  FileName: `{Basename}_{Resolution}_{Index}{Extension}`,
  Format: { Type: `${kind}Format` },
});
const custom = (Codecs: object[], Outputs: object[] = [MP4], more: object = {}): string =>
  JSON.stringify({ Version: 1.0, ...more, Codecs, Outputs });
const video = (layer: object = {}, more: object = {}) => ({
  ...{
    Type: "H264Video",
    KeyFrameInterval: "00:00:01",
    ...more,
    H264Layers: [{ ...LAYER, ...layer }],
  },
});

describe("encodeFile", function () {
  this.timeout(120_000);
  let directory: string;
  let encoders: Encoder[];

  before(async function () {
    const { encoder, whyNotFfmpeg } = await chooseEncoder({ kind: "auto" }, signal);
    if (encoder.name !== "ffmpeg") {
      console.log(`      no usable ffmpeg to make sources with: ${whyNotFfmpeg ?? ""}`);
      this.skip();
    }
    encoders = [encoder, (await chooseEncoder({ kind: "node-av" }, signal)).encoder];
    directory = await mkdtemp(path.join(tmpdir(), "twinstream-presets-"));
    for (const [name, args] of Object.entries(SOURCES)) {
      await run("ffmpeg", ["-v", "error", ...args, path.join(directory, name)]);
    }
  });
  after(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  async function encoded(
    encoder: Encoder,
    source: string,
    configuration: string,
  ): Promise<AssetFile[]> {
    const scratch = await mkdtemp(path.join(directory, "encode-"));
    const { name: baseName } = path.parse(source);
    const result = await encodeFile(encoder, {
      preset: readPreset(configuration),
      input: path.join(directory, source),
      baseName,
      output: (name) => path.join(scratch, name),
      signal,
      onProgress: () => undefined,
    });
    return assetFiles(result, { baseName, fileName: source, container: "asset-in" });
  }

  const contentOf = async ({ content }: AssetFile): Promise<Buffer> =>
    Buffer.isBuffer(content) ? content : readFile(content.path);

  /** A file as `video 96x54 2.00 s` or as an image's first bytes tell. */
  async function described(file: AssetFile): Promise<string> {
    const bytes = await contentOf(file);
    if (file.name.endsWith(".mp4")) {
      const { tracks } = await readMovieIndex(bufferSource(bytes));
      const parts = tracks.map(({ header: { kind, entry, language }, segments }) => {
        const last = segments.at(-1);
        const seconds = last ? (last.time + last.duration) / 1e7 : 0;
        const shape =
          kind === "video" ? `${entry.width}x${entry.height}` : `${entry.channels} ${language}`;
        return `${kind} ${shape} ${Math.round(seconds * 10) / 10} s`;
      });
      return `${file.name}: ${parts.join(", ")}`;
    }
    const magic = bytes.subarray(0, 4).toString("latin1");
    const kind = magic.startsWith("\xFF\xD8")
      ? "JPEG"
      : magic.startsWith("BM")
        ? "BMP"
        : magic.slice(1);
    return `${file.name}: ${kind} image`;
  }

  const MEDIA = /\.(mp4|jpg|png|bmp)$/;
  for (const { why, source, preset, files } of [
    {
      why: "layers with their sound, and images of three kinds beside them",
      source: "plain.mp4",
      preset: custom(
        [
          {
            ...video(),
            H264Layers: [
              LAYER,
              { ...LAYER, Bitrate: 100, Profile: "Baseline", EntropyMode: "Cavlc" },
            ],
          },
          SOUND,
          {
            Type: "JpgImage",
            Start: "0%",
            Step: "50%",
            Range: "100%",
            JpgLayers: [{ Width: "50%", Height: "50%", Quality: 60 }, { Width: 48 }],
          },
          { Type: "PngImage", Start: "{Best}", PngLayers: [{ Width: "100%", Height: "100%" }] },
          {
            Type: "BmpImage",
            Start: "00:00:01",
            Step: "1",
            Range: "1",
            BmpLayers: [{ Width: 48 }],
          },
        ],
        [MP4, still("Jpg"), still("Png"), still("Bmp")],
      ),
      files: [
        "plain_96x54_200.mp4: video 96x54 2 s, audio 2 und 2 s",
        "plain_96x54_100.mp4: video 96x54 2 s, audio 2 und 2 s",
        "plain_96x54_000001.jpg: JPEG image",
        "plain_96x54_000002.jpg: JPEG image",
        "plain_48x27_000001.jpg: JPEG image",
        "plain_48x27_000002.jpg: JPEG image",
        "plain_192x108_000001.png: PNG image",
        "plain_48x27_000001.bmp: BMP image",
      ],
    },
    {
      why: "a part of the input",
      source: "plain.mp4",
      preset: custom([video(), SOUND], [MP4], {
        Sources: [{ StartTime: "00:00:00.5", Duration: "00:00:01" }],
      }),
      files: ["plain_96x54_200.mp4: video 96x54 1 s, audio 2 und 1 s"],
    },
    {
      why: "a part on the clock of a broadcast",
      source: "broadcast.ts",
      preset: custom([video(), SOUND], [MP4], {
        Sources: [{ StartTime: "01:00:02.4", Duration: "00:00:05" }],
      }),
      files: ["broadcast_96x54_200.mp4: video 96x54 1 s, audio 2 und 1 s"],
    },
    {
      why: "streams copied as they are",
      source: "plain.mp4",
      preset: custom([{ Type: "CopyVideo" }, { Type: "CopyAudio" }]),
      files: [/^plain_192x108_\d+\.mp4: video 192x108 2 s, audio 2 und 2 s$/],
    },
    {
      why: "each language in a track of its own",
      source: "languages.mp4",
      preset: custom([video(), SOUND]),
      files: ["languages_96x54_200.mp4: video 96x54 2 s, audio 2 eng 2 s, audio 2 deu 2 s"],
    },
    {
      why: "surround sound",
      source: "surround.mp4",
      preset: custom([video(), { ...SOUND, Channels: 6, Bitrate: 384 }]),
      files: ["surround_96x54_200.mp4: video 96x54 2 s, audio 6 und 2 s"],
    },
    {
      why: "a cropped and turned picture with bars",
      source: "plain.mp4",
      preset: custom([video({}, { StretchMode: "AutoFit" })], [MP4], {
        Sources: [{ Filters: { Rotation: "90", Crop: { X: 0, Y: 10, Width: 100, Height: 100 } } }],
      }),
      files: ["plain_96x54_200.mp4: video 96x54 2 s"],
    },
    {
      why: "ProRes without sound",
      source: "editor.mov",
      preset: custom([video(), SOUND]),
      files: ["editor_96x54_200.mp4: video 96x54 2 s"],
    },
    {
      why: "HEVC of ten bits",
      source: "ten-bit.mkv",
      preset: custom([video()]),
      files: ["ten-bit_96x54_200.mp4: video 96x54 2 s"],
    },
    {
      why: "high dynamic range",
      source: "hdr.mp4",
      preset: custom([video()]),
      files: ["hdr_96x54_200.mp4: video 96x54 2 s"],
    },
    {
      why: "two fields a frame",
      source: "interlaced.mp4",
      preset: custom([video()]),
      files: ["interlaced_96x54_200.mp4: video 96x54 2 s"],
    },
    {
      why: "uneven frames",
      source: "uneven.mkv",
      preset: "Adaptive Streaming",
      files: [/^uneven_192x108_\d+\.mp4: video 192x108 2 s$/],
    },
    {
      why: "a single frame",
      source: "one-frame.mp4",
      preset: custom([video(), { Type: "PngImage", PngLayers: [{}] }], [MP4, still("Png")]),
      files: ["one-frame_54x54_200.mp4: video 54x54 0 s", "one-frame_64x64_000001.png: PNG image"],
    },
    {
      why: "odd sides",
      source: "odd.mp4",
      preset: "Adaptive Streaming",
      files: [/^odd_90x160_\d+\.mp4: video 90x160 1 s$/],
    },
    {
      why: "sound alone by a preset of sound",
      source: "sound.m4a",
      preset: "AAC Good Quality Audio",
      files: ["sound_AAC_192.mp4: audio 2 und 2 s"],
    },
    {
      why: "sound alone by a preset of video",
      source: "song.mp3",
      preset: "H264 Multiple Bitrate 720p",
      files: ["song_AACAudio_128_Audio1.mp4: audio 2 und 2 s"],
    },
  ] as const) {
    it(`makes ${why}, with either encoder`, async () => {
      for (const encoder of encoders) {
        const made = await encoded(encoder, source, preset);
        const media = made.filter(({ name }) => MEDIA.test(name));
        const seen = await Promise.all(media.map(described));
        assert.equal(seen.length, files.length, `${encoder.name}: ${seen.join("; ")}`);
        for (const [index, wanted] of files.entries()) {
          if (typeof wanted === "string") assert.equal(seen[index], wanted, encoder.name);
          else assert.match(seen[index] ?? "", wanted, encoder.name);
        }
      }
    });
  }

  it("lists sound once in the server manifest, however many files repeat it", async () => {
    for (const encoder of encoders) {
      const made = await encoded(
        encoder,
        "languages.mp4",
        custom([{ ...video(), H264Layers: [LAYER, { ...LAYER, Bitrate: 100 }] }, SOUND]),
      );
      const ism = made.find(({ name }) => name === "languages.ism");
      assert(ism);
      assert.equal(made.at(-1), ism);
      const { tracks } = parseServerManifest((await contentOf(ism)).toString("utf8"));
      assert.deepEqual(
        tracks.map(({ kind, src, trackId, language }) => `${kind} ${src} ${trackId} ${language}`),
        [
          "video languages_96x54_200.mp4 1 und",
          "video languages_96x54_100.mp4 1 und",
          "audio languages_96x54_200.mp4 2 eng",
          "audio languages_96x54_200.mp4 3 deu",
        ],
      );
    }
  });

  it("maps the tones of high dynamic range to those of common screens", async () => {
    for (const encoder of encoders) {
      const [file] = await encoded(encoder, "hdr.mp4", custom([video()]));
      assert(file && !Buffer.isBuffer(file.content));
      const { stdout } = await run("ffprobe", [
        "-v",
        "error",
        "-show_entries",
        "stream=color_transfer,pix_fmt",
        "-of",
        "csv=p=0",
        file.content.path,
      ]);
      assert.equal(stdout.trim(), "yuv420p,bt709", encoder.name);
    }
  });

  it("needs no server manifest for images alone", async () => {
    for (const encoder of encoders) {
      const made = await encoded(
        encoder,
        "plain.mp4",
        custom(
          [{ Type: "JpgImage", Start: "50%", Step: "1", Range: "1", JpgLayers: [{ Width: 64 }] }],
          [still("Jpg")],
        ),
      );
      assert.deepEqual(
        made.map(({ name }) => name),
        ["plain_64x36_000001.jpg", "plain_manifest.json", "in_metadata.xml"],
      );
    }
  });

  it("gives the same bytes again", async () => {
    const preset = custom(
      [video(), SOUND, { Type: "JpgImage", JpgLayers: [{}] }],
      [MP4, still("Jpg")],
    );
    for (const encoder of encoders) {
      const [one, other] = [
        await encoded(encoder, "plain.mp4", preset),
        await encoded(encoder, "plain.mp4", preset),
      ];
      for (const [index, file] of one.entries()) {
        const twin = other[index];
        assert(twin);
        assert.ok(
          (await contentOf(file)).equals(await contentOf(twin)),
          `${encoder.name}: ${file.name}`,
        );
      }
    }
  });
});
