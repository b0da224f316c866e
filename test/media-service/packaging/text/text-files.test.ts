import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { box, fullBox } from "../../../../media-service/packaging/box-writer";
import { readTextFile } from "../../../../media-service/packaging/text/text-file";
import { parseWebVtt, renderWebVtt } from "../../../../media-service/packaging/text/webvtt";
import { tinyMp4 } from "../tiny-mp4";

const TT = '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"';

async function cues(name: string, file: Buffer | string): Promise<[number, number, string][]> {
  const content = await readTextFile(name, Buffer.from(file));
  return content.cues.map(({ start, end, text }) => [start, end, text]);
}

describe("WebVTT", () => {
  const file = [
    "\uFEFFWEBVTT - a title",
    "",
    "NOTE",
    "not shown",
    "",
    "STYLE",
    "::cue { color: red }",
    "",
    "second",
    "00:02.500 --> 01:00:03.007 line:90% align:start",
    "<i>Tom</i> &amp; Jerry",
    "go on",
    "",
    "00:00:01.000 --> 00:00:02.000",
    "first",
    "",
    "00:00:09.000 --> 00:00:08.000",
    "runs backwards",
    "",
    "nothing at all",
    "",
  ].join("\r\n");

  it("is read to the millisecond, with its escapes, in the order of times", () => {
    assert.deepEqual(parseWebVtt(file), [
      { start: 1000, end: 2000, text: "first", settings: "" },
      {
        start: 2500,
        end: 3_603_007,
        text: "<i>Tom</i> &amp; Jerry\ngo on",
        settings: "line:90% align:start",
      },
    ]);
  });

  it("is written so that it reads the same", () => {
    const read = parseWebVtt(file);

    assert.deepEqual(parseWebVtt(renderWebVtt(read)), read);
    assert.match(renderWebVtt(read), /^WEBVTT\n\n00:00:01\.000 --> 00:00:02\.000\nfirst\n\n/);
  });

  it("is refused without its first line", () => {
    assert.throws(() => parseWebVtt("1\n00:00:01,000 --> 00:00:02,000\nSubRip"), {
      name: "CorruptError",
      message: /begins without 'WEBVTT'/,
    });
  });
});

describe("TTML", () => {
  it("is read with nested times, breaks, and text escaped as WebVTT has it", async () => {
    const xml = `<?xml version="1.0"?>${TT} ttp:frameRate="25" ttp:tickRate="1000" xml:lang="de">
      <head><styling/></head>
      <body begin="10s"><div>
        <p begin="00:00:01.500" end="00:00:03:05">Tom &amp; <span>Jerry</span><br/>  1 &lt; 2 --&gt; 3 </p>
        <p begin="4000t" dur="500ms">short</p>
        <p begin="5s" end="9s"><span begin="0s" end="1s">one</span><span begin="1s" end="9s">two</span></p>
        <p>for ever</p>
      </div></body></tt>`;

    assert.deepEqual(await cues("a.ttml", xml), [
      [11_500, 13_200, "Tom &amp; Jerry\n1 &lt; 2 --&gt; 3"],
      [14_000, 14_500, "short"],
      [15_000, 16_000, "one"],
      [16_000, 19_000, "two"],
    ]);
    assert.equal((await readTextFile("a.dfxp", Buffer.from(xml))).language, "de");
  });

  for (const { why, xml, message } of [
    { why: "another document", xml: "<html/>", message: /no <tt> element/ },
    { why: "a cut-off document", xml: `${TT}><body>`, message: /not well formed/ },
    { why: "a document type", xml: `<!DOCTYPE tt>${TT}/>`, message: /document type/ },
    { why: "other clocks", xml: `${TT} ttp:timeBase="smpte"/>`, message: /counts 'smpte' time/ },
    {
      why: "times that are none",
      xml: `${TT}><body begin="soon"/></tt>`,
      message: /'soon' is no time/,
    },
    {
      why: "endless nesting",
      xml: `${TT}><body>${"<div>".repeat(60)}${"</div>".repeat(60)}</body></tt>`,
      message: /nested/,
    },
  ]) {
    it(`refuses ${why}`, async () => {
      await assert.rejects(cues("a.ttml", xml), { name: "CorruptError", message });
    });
  }
});

describe("text in MP4", () => {
  const entry = (type: string): Buffer => box(type, Buffer.alloc(8));
  const track = { kind: "audio" as const, trackId: 1, timescale: 1000, language: "fra" };

  it("is read from WebVTT samples; what goes on in the next sample is one cue", async () => {
    const shown = (...texts: string[]): Buffer =>
      Buffer.concat(texts.map((text) => box("vttc", box("payl", Buffer.from(text)))));
    const samples = [
      { bytes: box("vtte"), duration: 1000 },
      { bytes: shown("one"), duration: 500 },
      { bytes: shown("one", "two"), duration: 250 },
      { bytes: shown("two"), duration: 250 },
    ];
    const file = tinyMp4([{ ...track, samples, entry: entry("wvtt") }]);

    assert.deepEqual(await cues("a.mp4", file), [
      [1000, 1750, "one"],
      [1500, 2000, "two"],
    ]);
    assert.equal((await readTextFile("a.mp4", file)).language, "fra");
  });

  it("is read from TTML samples, within the time of each", async () => {
    const document = (begin: number, text: string): Buffer =>
      Buffer.from(`${TT}><body><div><p begin="${begin}s" end="9s">${text}</p></div></body></tt>`);
    const samples = [
      { bytes: document(0, "one"), duration: 2000 },
      { bytes: document(3, "two"), duration: 2000 },
    ];
    const file = tinyMp4([{ ...track, samples, entry: entry("stpp") }]);

    assert.deepEqual(await cues("a.cmft", file), [
      [0, 2000, "one"],
      [3000, 4000, "two"],
    ]);
  });

  it("is refused where there is none", async () => {
    const file = tinyMp4([{ ...track, samples: [{ bytes: Buffer.alloc(1), duration: 1 }] }]);

    await assert.rejects(cues("a.mp4", file), { message: /no text track of WebVTT or TTML/ });
    await assert.rejects(cues("a.srt", ""), { message: /subtitles end in \.vtt, \.ttml/ });
    await assert.rejects(cues("a.mp4", box("moov", fullBox({ type: "mvhd" }), box("trak"))), {
      name: "CorruptError",
    });
  });
});
