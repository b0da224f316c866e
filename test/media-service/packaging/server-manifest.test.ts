import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import {
  parseServerManifest,
  renderServerManifest,
  type ServerManifestTrack,
} from "../../../media-service/packaging/server-manifest";

const VIDEO: ServerManifestTrack = {
  kind: "video",
  src: "Tom & Jerry_1280x720_2940.mp4",
  systemBitrate: 2_941_201,
  trackId: 1,
  trackName: "video",
  language: "und",
  width: 1280,
  height: 720,
};
const AUDIO: ServerManifestTrack = {
  kind: "audio",
  src: 'a"b_AACAudio_128_Audio1.mp4',
  systemBitrate: 128_041,
  trackId: 2,
  trackName: "Audio1",
  language: "deu",
};

describe("server manifest", () => {
  it("reads back what it wrote, whatever the names hold", () => {
    const manifest = parseServerManifest(renderServerManifest([VIDEO, AUDIO], "Tom & Jerry"));

    assert.deepEqual(manifest, {
      clientManifest: "Tom & Jerry.ismc",
      fragmentsPerHlsSegment: 3,
      tracks: [VIDEO, AUDIO],
    });
  });

  it("writes the fields that Media Services wrote", () => {
    const xml = renderServerManifest([{ ...VIDEO, src: "x_1280x720_2940.mp4" }], "x");

    assert.match(
      xml,
      /^<\?xml version="1.0" encoding="utf-8"\?>\n<smil xmlns="http:\/\/www\.w3\.org\/2001\/SMIL20\/Language">/,
    );
    assert.match(xml, /<meta name="clientManifestRelativePath" content="x\.ismc" \/>/);
    assert.match(xml, /<meta name="formats" content="mp4-v3" \/>/);
    assert.match(
      xml,
      /<video src="x_1280x720_2940\.mp4" systemBitrate="2941201" systemLanguage="und">\s*<param name="systemBitrate" value="2941201" valuetype="data" \/>\s*<param name="trackID" value="1" valuetype="data" \/>/,
    );
  });

  it("accepts a minimal manifest that names only files, without a switch and with a BOM", () => {
    const manifest = parseServerManifest(
      '\uFEFF<smil xmlns="http://www.w3.org/2001/SMIL20/Language"><head/><body>' +
        '<video src="v.mp4"/><audio src="v.mp4"/></body></smil>',
    );

    assert.deepEqual(manifest, {
      fragmentsPerHlsSegment: 3,
      tracks: [
        { kind: "video", src: "v.mp4" },
        { kind: "audio", src: "v.mp4" },
      ],
    });
  });

  it("takes the bit rate from the attribute or from the parameter, in any letter case", () => {
    const { tracks } = parseServerManifest(
      '<smil><body><switch><video src="a.mp4" systemBitrate="7"/><video src="b.mp4">' +
        '<param name="SystemBitrate" value="8"/><param name="TrackId" value="3"/></video>' +
        "</switch></body></smil>",
    );

    assert.deepEqual(tracks, [
      { kind: "video", src: "a.mp4", systemBitrate: 7 },
      { kind: "video", src: "b.mp4", systemBitrate: 8, trackId: 3 },
    ]);
  });

  for (const { why, xml, message } of [
    { why: "text that is no XML", xml: "<smil><body>", message: /not well formed/ },
    { why: "another document", xml: "<html/>", message: /no <smil> element/ },
    { why: "a list without tracks", xml: "<smil><body/></smil>", message: /lists no track/ },
    {
      why: "a document type",
      xml: '<!DOCTYPE smil [<!ENTITY a "b">]><smil><body><video src="&a;"/></body></smil>',
      message: /document type/,
    },
    {
      why: "a file outside the asset",
      xml: '<smil><body><video src="../other/v.mp4"/></body></smil>',
      message: /names no file of the asset: '\.\.\/other\/v\.mp4'/,
    },
    {
      why: "a track without a file",
      xml: '<smil><body><video systemBitrate="1"/></body></smil>',
      message: /names no file/,
    },
  ]) {
    it(`refuses ${why}`, () => {
      assert.throws(() => parseServerManifest(xml), { name: "CorruptError", message });
    });
  }
});
