import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { box, fullBox, uint16, uint32 } from "../../../media-service/packaging/box-writer";
import { bufferSource } from "../../../media-service/packaging/byte-source";
import { initSegment } from "../../../media-service/packaging/init-segment";
import { readMovieIndex } from "../../../media-service/packaging/movie-index";
import { tracksOf } from "./played";
import { avcEntry, tinyAudio, tinyMp4, type TinyTrack, tinyVideo } from "./tiny-mp4";

const VIDEO = tinyVideo(104);

function videoEntry(type: string, config: Buffer): Buffer {
  return box(
    type,
    Buffer.concat([Buffer.alloc(6), uint16(1), Buffer.alloc(16), uint16(640, 360)]),
    Buffer.alloc(50),
    config,
  );
}

function audioEntry(type: string, config: Buffer): Buffer {
  const head = [Buffer.alloc(6), uint16(1), Buffer.alloc(8), uint16(2, 16, 0, 0)];
  return box(type, Buffer.concat(head), uint32(44_100 * 0x10000), config);
}

function esds(objectType: number, config: number[]): Buffer {
  const specific = Buffer.from([0x05, 0x80, 0x80, config.length, ...config]);
  const decoder = [0x04, 0x80, 0x80, 0x80, 13 + specific.length, objectType];
  const stream = Buffer.concat([Buffer.alloc(3), Buffer.from(decoder), Buffer.alloc(12), specific]);
  return fullBox({ type: "esds" }, Buffer.from([0x03, 0x80, stream.length]), stream);
}

/** Moves all chunks by so much that 32 bits would not tell. */
function farAway(file: Buffer): Buffer {
  const entries = file.indexOf("co64") + 8;
  for (let chunk = 0; chunk < file.readUInt32BE(entries); chunk++) {
    file.writeUInt32BE(1, entries + 4 + chunk * 8);
  }
  return file;
}

describe("index of a movie", () => {
  it("tells what the tracks are", async () => {
    const [video, audio] = await tracksOf(tinyMp4([VIDEO, { ...tinyAudio(200), language: "eng" }]));
    assert(video && audio);
    const { entry } = video.header;

    assert.deepEqual(
      [video.header.kind, entry.codec, entry.width, entry.height, Math.round(video.frameRate)],
      ["video", "avc1.64001f", 640, 360, 25],
    );
    assert.equal(entry.codecPrivateData.toString("hex"), "0000000167010000000168ce");
    assert.deepEqual(
      [audio.header.kind, audio.header.entry.codec, audio.header.entry.channels],
      ["audio", "mp4a.40.2", 2],
    );
    assert.equal(audio.header.entry.sampleRate, 48_000);
    assert.equal(audio.header.entry.codecPrivateData.toString("hex"), "1190");
    assert.equal(audio.header.language, "eng");
  });

  it("needs at most three reads when the index is at the back of a long file", async () => {
    const long: TinyTrack = {
      ...VIDEO,
      samples: VIDEO.samples.map((sample) => ({ ...sample, bytes: Buffer.alloc(5000) })),
    };
    const file = tinyMp4([long], { moov: "back" });
    const reads: number[] = [];
    await readMovieIndex({
      sizeBytes: file.length,
      read: (offset, sizeBytes) => {
        reads.push(sizeBytes);
        return Promise.resolve(file.subarray(offset, offset + sizeBytes));
      },
    });

    assert.equal(reads.length, 3);
    assert(reads.reduce((sum, size) => sum + size, 0) < file.length / 5);
  });

  for (const { what, entry, channels } of [
    {
      what: "AC-3",
      entry: audioEntry("ac-3", box("dac3", Buffer.from("103d40", "hex"))),
      channels: 6,
    },
    {
      what: "E-AC-3",
      entry: audioEntry("ec-3", box("dec3", Buffer.from("0c00200f00", "hex"))),
      channels: 6,
    },
  ]) {
    it(`counts the channels of ${what}, which its sample entry does not`, async () => {
      const [track] = await tracksOf(tinyMp4([{ ...tinyAudio(104), entry }]));

      assert.equal(track?.header.entry.channels, channels);
    });
  }

  for (const { codec, entry, kind } of [
    {
      kind: "video" as const,
      codec: "hvc1.1.6.L93.B0",
      entry: videoEntry(
        "hvc1",
        box(
          "hvcC",
          Buffer.from("0101600000 00b000000000 005df000fcfdf8f800000f00".replace(/ /g, ""), "hex"),
        ),
      ),
    },
    {
      kind: "audio" as const,
      codec: "mp4a.40.5",
      entry: audioEntry("mp4a", esds(0x40, [0x2b, 0x92, 0x08, 0x00])),
    },
    {
      kind: "video" as const,
      codec: "av01.0.04M.10",
      entry: videoEntry("av01", box("av1C", Buffer.from([0x81, 0x04, 0x4c, 0x00]))),
    },
    {
      kind: "video" as const,
      codec: "vp09.02.31.10",
      entry: videoEntry(
        "vp09",
        box("vpcC", Buffer.from("010000000 21fa2020202 0000".replace(/ /g, ""), "hex")),
      ),
    },
    {
      kind: "audio" as const,
      codec: "mp4a.40.29",
      entry: audioEntry("mp4a", esds(0x40, [0xeb, 0x09, 0x88, 0x00])),
    },
    { kind: "audio" as const, codec: "mp4a.6B", entry: audioEntry("mp4a", esds(0x6b, [])) },
    { kind: "audio" as const, codec: "ec-3", entry: audioEntry("ec-3", box("dec3")) },
  ]) {
    it(`names the codec ${codec}`, async () => {
      const source = kind === "video" ? VIDEO : tinyAudio(104);
      const [track] = await tracksOf(tinyMp4([{ ...source, entry }]));

      assert.equal(track?.header.entry.codec, codec);
    });
  }

  it("passes over a track that can't be packaged, and says why it did", async () => {
    const cover = { ...VIDEO, trackId: 5, entry: videoEntry("jpeg", box("pasp")) };
    const { tracks, refused } = await readMovieIndex(
      bufferSource(tinyMp4([cover, tinyAudio(200)])),
    );

    assert.deepEqual(
      tracks.map(({ header }) => header.kind),
      ["audio"],
    );
    assert.deepEqual(refused, [
      { kind: "video", trackId: 5, why: "a track is coded as 'jpeg', which can't be packaged" },
    ]);
  });

  it("shows an upright film upright, in its manifests and to players", async () => {
    const file = tinyMp4([VIDEO]);
    const matrix = file.indexOf("tkhd") + 4 + 40;
    // Turned by 90 degrees, and shown with pixels that are not square.
    const turned = uint32(0, 0x10000, 0, 0xffff0000, 0, 0, 360 * 0x10000, 0, 0x40000000);
    uint32(...[720, 360].map((size) => size * 0x10000)).copy(file, matrix + 36);
    turned.copy(file, matrix);
    const [track] = await tracksOf(file);
    assert(track);

    assert.deepEqual([track.header.entry.width, track.header.entry.height], [360, 720]);
    const init = initSegment(track);
    const shown = init.indexOf("tkhd") + 4 + 40;
    assert(init.subarray(shown, shown + 44).equals(file.subarray(matrix, matrix + 44)));
  });

  it("takes no memory for samples that the file has no room for", async () => {
    const file = tinyMp4([VIDEO]);
    const sizes = file.indexOf("stsz") + 8;
    uint32(1, 5_900_000).copy(file, sizes);
    await assert.rejects(tracksOf(file), { message: /5900000 samples of 1 bytes do not fit/ });
    uint32(0, 5_900_000).copy(file, sizes);
    await assert.rejects(tracksOf(file), { message: /'stsz' has no room/ });
    uint32(0, 4_000_000_000).copy(file, sizes);
    await assert.rejects(tracksOf(file), { message: /at most 6000000 can be packaged/ });
  });

  const whole = tinyMp4([VIDEO, tinyAudio(200)]);
  for (const { why, file, message } of [
    { why: "an empty file", file: Buffer.alloc(0), message: /no 'moov' box/ },
    { why: "a text", file: Buffer.from("This is not a video."), message: /cut off or damaged/ },
    {
      why: "a file whose media lies 4 GiB behind its end",
      file: farAway(tinyMp4([VIDEO], { wideOffsets: true })),
      message: /it is cut off/,
    },
    {
      why: "a file whose media is cut off",
      file: whole.subarray(0, whole.length - 1),
      message: /box 'mdat' says \d+ bytes where \d+ are left/,
    },
    {
      why: "a file whose index is cut off",
      file: tinyMp4([VIDEO], { moov: "back" }).subarray(0, -200),
      message: /box 'moov' says/,
    },
    {
      why: "a file with subtitles alone",
      file: box("moov", fullBox({ type: "mvhd" }, Buffer.alloc(96))),
      message: /neither video nor audio/,
    },
    {
      why: "an index whose tables end early",
      file: box("moov", fullBox({ type: "mvhd" })),
      message: /index ends too early/,
    },
    {
      why: "a protected track",
      file: tinyMp4([{ ...VIDEO, entry: videoEntry("encv", box("sinf")) }]),
      message: /'encv', which is protected/,
    },
    {
      why: "two sample descriptions",
      file: tinyMp4([{ ...VIDEO, entry: Buffer.concat([avcEntry(), avcEntry()]) }]),
      message: /2 sample descriptions; it can be packaged only with one/,
    },
    {
      why: "a codec that players do not know",
      file: tinyMp4([{ ...VIDEO, entry: videoEntry("mp4v", box("esds")) }]),
      message: /'mp4v', which can't be packaged/,
    },
    {
      why: "a track put together from several parts",
      file: tinyMp4([
        {
          ...VIDEO,
          edits: [
            { durationMs: 1000, mediaTime: 0 },
            { durationMs: 1000, mediaTime: 30_000 },
          ],
        },
      ]),
      message: /edit list joins several parts/,
    },
    {
      why: "times that stand still",
      file: tinyMp4([
        {
          kind: "audio",
          trackId: 1,
          timescale: 10,
          samples: [{ bytes: Buffer.alloc(1), duration: 0 }],
        },
      ]),
      message: /stand still/,
    },
  ]) {
    it(`refuses ${why}`, async () => {
      await assert.rejects(tracksOf(file), { name: "CorruptError", message });
    });
  }

  it("never fails otherwise than by saying that the file is damaged", async () => {
    for (let at = 28; at < whole.length - 9000; at += 11) {
      const damaged = Buffer.from(whole);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 0x81, at);
      await tracksOf(damaged).catch((error: unknown) => {
        assert(error instanceof Error);
        assert.equal(error.name, "CorruptError", `byte ${at}: ${error.stack ?? ""}`);
      });
    }
  });
});
