import { strict as assert } from "node:assert";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { after, before, describe, it } from "mocha";
import {
  assetFileName,
  readContent,
  sourceFileFault,
} from "../../dynamic-providers/operations/mezzanine/source-file";

const CLIP = path.resolve(__dirname, "../fixtures/tiny-clip.mp4");

describe("a mezzanine's file", () => {
  let folder: string;
  let clip: Buffer;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "twinstream-mezzanine-"));
    clip = await readFile(CLIP);
  });

  after(() => rm(folder, { recursive: true }));

  async function faultOf(content: Buffer): Promise<string | undefined> {
    const file = path.join(folder, "video.mp4");
    await writeFile(file, content);
    return (await sourceFileFault(file))?.replace(/^The file '.*?' \(.*?\) /, "");
  }

  it("is fit when it is a whole video", async () => {
    assert.equal(await sourceFileFault("test/fixtures/tiny-clip.mp4"), undefined);
  });

  it("is named, with its place, when it is missing", async () => {
    const place = path.resolve(__dirname, "../../no/such.mp4");
    assert.equal(
      await sourceFileFault("no/such.mp4"),
      `The file 'no/such.mp4' (${place}) does not exist. Give a whole video file.`,
    );
  });

  it("is refused when it is a folder", async () => {
    assert.match((await sourceFileFault(folder)) ?? "", /is not a file\./);
  });

  it("is refused when it is empty", async () => {
    assert.equal(await faultOf(Buffer.alloc(0)), "is empty. Give a whole video file.");
  });

  it("is refused when the end of its data is missing, though its index is whole", async () => {
    const cut = clip.subarray(0, clip.length - 100);
    assert.match(
      (await faultOf(cut)) ?? "",
      /is truncated: its 'mdat' box at byte \d+ .* 100 bytes/,
    );
  });

  it("is refused wherever it was cut", async () => {
    const beforeMedia = clip.indexOf("mdat") - 4;
    for (const length of [9, 31, 33, 500, beforeMedia, clip.length - 1]) {
      const fault = await faultOf(clip.subarray(0, length));
      assert.match(fault ?? "", /is truncated/, `${length} bytes`);
    }
  });

  it("is refused when its recording was never finished", async () => {
    const unfinished = Buffer.concat([clip.subarray(0, 32), box("mdat", Buffer.alloc(100))]);
    assert.match((await faultOf(unfinished)) ?? "", /has no 'moov' box/);
  });

  it("is refused when it has sound only", async () => {
    const deaf = Buffer.from(clip);
    deaf.write("soun", deaf.indexOf("vide"), "latin1");
    assert.equal(await faultOf(deaf), "has no video track. Give a whole video file.");
  });

  it("may end with boxes of any kind, and with a few zeros", async () => {
    const more = Buffer.concat([clip, box("free", Buffer.alloc(64)), Buffer.alloc(4)]);
    assert.equal(await faultOf(more), undefined);
  });

  it("is refused when it is something else", async () => {
    for (const text of ["just text, and more of it", "\x89PNG\r\n\x1a\n", "%PDF-1.7 ....", "G"]) {
      assert.match((await faultOf(Buffer.from(text, "latin1"))) ?? "", /is not a video/, text);
    }
  });

  for (const [format, head] of Object.entries({
    "Matroska of unknown length": "1A45DFA3 84 42868101 18538067 01FFFFFFFFFFFFFF 00",
    "Matroska of a known length": "1A45DFA3 84 42868101 18538067 82 EC80",
    "MPEG-TS": `47${"00".repeat(187)}`.repeat(4),
    M2TS: `0000000047${"00".repeat(187)}`.repeat(4),
    MXF: "060E2B34 02050101 0D010201 01020400",
    ASF: "3026B275 8E66CF11 A6D900AA 0062CE6C 00",
    AVI: `52494646 04000000 41564920`,
  })) {
    it(`is fit when it is ${format}`, async () => {
      assert.equal(await faultOf(Buffer.from(head.replaceAll(" ", ""), "hex")), undefined);
    });
  }

  for (const [format, head] of Object.entries({
    Matroska: "1A45DFA3 84 42868101 18538067 84 EC80",
    AVI: `52494646 FF000000 41564920`,
  })) {
    it(`is refused when it is a truncated ${format} file`, async () => {
      const fault = await faultOf(Buffer.from(head.replaceAll(" ", ""), "hex"));
      assert.match(fault ?? "", new RegExp(`is truncated: this ${format} file should have`));
    });
  }

  it("is read once for its length and both digests", async () => {
    const content = await readContent(CLIP);
    assert.equal(content.sizeBytes, clip.length);
    assert.match(content.contentSha256, /^[0-9a-f]{64}$/);
    assert.equal(content.md5.length, 16);
  });

  for (const [file, name] of [
    ["samples/big-buck-bunny-40s.mp4", "big-buck-bunny-40s.mp4"],
    ["my.holiday film (2).v1.MP4", "my_holiday film _2__v1.MP4"],
    ["grün & gelb.mov", "grün _ gelb.mov"],
  ] as const) {
    it(`gives '${file}' a name that accounts allow`, () => {
      assert.equal(assetFileName(file), name);
    });
  }
});

function box(type: string, payload: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(payload.length + 8, 0);
  header.write(type, 4, "latin1");
  return Buffer.concat([header, payload]);
}
