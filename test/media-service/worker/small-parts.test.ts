import { strict as assert } from "node:assert";
import { mkdtemp, readdir, rm, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { looksLikeMp4, missingBytes } from "../../../media-service/worker/mp4-boxes";
import {
  audioFileName,
  baseNameOf,
  videoFileName,
} from "../../../media-service/worker/plan/output-names";
import { presetOf } from "../../../media-service/worker/presets/media-processor";
import { ScratchDirectory, sweepScratch } from "../../../media-service/worker/scratch-directory";

describe("names of the encoded asset's files", () => {
  for (const { blob, base } of [
    { blob: "holiday.mp4", base: "holiday" },
    { blob: "2024/Grüße aus Bad Ems.final.mov", base: "Grüße aus Bad Ems.final" },
    { blob: "noextension", base: "noextension" },
    { blob: ".hidden", base: ".hidden" },
  ]) {
    it(`begin with '${base}' for '${blob}'`, () => {
      assert.equal(baseNameOf(blob), base);
    });
  }

  it("say size and rate of video, and codec, rate and number of audio", () => {
    const rung = { width: 1280, height: 720, kilobitsPerSecond: 2940 };
    assert.equal(videoFileName("X", rung), "X_1280x720_2940.mp4");
    assert.equal(audioFileName("X", { kilobitsPerSecond: 128 }, 1), "X_AACAudio_128_Audio1.mp4");
  });
});

describe("presetOf", () => {
  const configuration = "Adaptive Streaming";

  it("takes the processor in whatever case", () => {
    const preset = presetOf({ configuration, processorName: "media encoder standard" });
    assert.equal(preset.name, "Adaptive Streaming");
  });

  for (const processorName of ["Azure Media Indexer 2", "Storage Decryption", ""]) {
    it(`refuses '${processorName}', which is not run here`, () => {
      assert.throws(() => presetOf({ configuration, processorName }), {
        name: "TaskError",
        code: "ErrorParsingConfiguration",
      });
    });
  }
});

describe("files on this machine", () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "twinstream-parts-"));
  });
  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  const box = (type: string, size: number, content = 0): Buffer => {
    const bytes = Buffer.alloc(8 + content);
    bytes.writeUInt32BE(size, 0);
    bytes.write(type, 4, "latin1");
    return bytes;
  };

  for (const { why, boxes, missing } of [
    { why: "a whole MP4", boxes: [box("ftyp", 16, 8), box("mdat", 28, 20)], missing: 0 },
    {
      why: "an MP4 whose media is cut off",
      boxes: [box("ftyp", 16, 8), box("mdat", 100, 20)],
      missing: 72,
    },
    { why: "an MP4 whose last box reaches to the end", boxes: [box("mdat", 0, 20)], missing: 0 },
    {
      why: "an MP4 with something else behind it",
      boxes: [box("mdat", 28, 20), box("abcd", 9999)],
      missing: 0,
    },
  ]) {
    it(`miss ${missing} bytes of ${why}`, async () => {
      const file = path.join(directory, "a.mp4");
      await writeFile(file, Buffer.concat(boxes));
      assert.equal(await missingBytes(file), missing);
    });
  }

  it("look like an MP4 by their first box", async () => {
    const file = path.join(directory, "a");
    await writeFile(file, box("ftyp", 8));
    assert.equal(await looksLikeMp4(file), true);
    await writeFile(file, "The quick brown fox jumps over the lazy dog");
    assert.equal(await looksLikeMp4(file), false);
  });

  it("are gone when their scratch directory is disposed of", async () => {
    {
      await using scratch = await ScratchDirectory.create(directory);
      await writeFile(scratch.file("input"), "x");
      assert.equal((await readdir(directory)).length, 1);
    }
    assert.deepEqual(await readdir(directory), []);
  });

  it("are swept where their process is dead, also if its id was this one's", async () => {
    await using mine = await ScratchDirectory.create(directory);
    await writeFile(mine.file("input"), "x");
    const alive = await readdir(directory);
    // No system gives out ids this high, and no earlier process of this id began in 1970.
    await mkdir(path.join(directory, "encode-99999999-1700000000000-abcdef"));
    await mkdir(path.join(directory, `encode-${process.pid}-1-abcdef`));
    await mkdir(path.join(directory, "something-else"));

    assert.equal(await sweepScratch(directory), 2);
    assert.deepEqual((await readdir(directory)).sort(), [...alive, "something-else"].sort());
  });
});
