import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { parseMediaUrl } from "../../../media-service/origin/media-url";
import { requireFormat } from "../../../media-service/origin/streaming-format";

const HLS = requireFormat("m3u8-cmaf");
const DASH = requireFormat("mpd-time-cmaf");

describe("streaming URLs", () => {
  for (const { path, url } of [
    {
      path: "a.ism/manifest(format=m3u8-cmaf)",
      url: { kind: "manifest", file: "a.ism", format: HLS },
    },
    {
      path: "a.ism/Manifest(Format=MPD-Time-CMAF,audioTrack=x)",
      url: { kind: "manifest", file: "a.ism", format: DASH, audioTrack: "x" },
    },
    {
      path: "a.ism/manifest",
      url: { kind: "manifest", file: "a.ism", format: requireFormat("") },
    },
    {
      path: "a.ism/Manifest(format=FMP4-v20)",
      url: { kind: "manifest", file: "a.ism", format: requireFormat("fmp4-v20") },
    },
    {
      path: "a.ism/manifest(format=m3u8-aapl,audio-only=false)",
      url: { kind: "manifest", file: "a.ism", format: requireFormat("m3u8-aapl") },
    },
    {
      path: "a.ism/manifest( format=m3u8-aapl-v3 , encryption= ,filter=,whatever=1).m3u8",
      url: { kind: "manifest", file: "a.ism", format: requireFormat("m3u8-aapl-v3") },
    },
    {
      path: "a.ism/QualityLevels(5000)/Fragments(video=0)",
      url: {
        kind: "fragment",
        file: "a.ism",
        bitrate: 5000,
        stream: "video",
        format: requireFormat(""),
        time: 0,
      },
    },
    {
      path: "a.ism/QualityLevels(5000)/Fragments(video=7,format=m3u8-aapl-v3,audioTrack=Audio1).ts",
      url: {
        kind: "fragment",
        file: "a.ism",
        bitrate: 5000,
        stream: "video",
        format: requireFormat("m3u8-aapl-v3"),
        audioTrack: "Audio1",
        time: 7,
      },
    },
    {
      path: "a.ism/QualityLevels(5000)/Manifest(video,format=m3u8-aapl,keyframes)",
      url: {
        kind: "playlist",
        file: "a.ism",
        bitrate: 5000,
        stream: "video",
        format: requireFormat("m3u8-aapl"),
        keyFrames: true,
      },
    },
    {
      path: "A b.ISM/MANIFEST(format=m3u8-cmaf).m3u8",
      url: { kind: "manifest", file: "A b.ISM", format: HLS },
    },
    {
      path: "a.ism/QualityLevels(5000)/Manifest(video,format=m3u8-cmaf)",
      url: { kind: "playlist", file: "a.ism", bitrate: 5000, stream: "video", format: HLS },
    },
    {
      path: "a.ism/qualitylevels(5000)/fragments(Audio1=20053333,format=mpd-time-cmaf)",
      url: {
        kind: "fragment",
        file: "a.ism",
        bitrate: 5000,
        stream: "Audio1",
        format: DASH,
        time: 20_053_333,
      },
    },
    {
      path: "a.ism/QualityLevels(5000)/Fragments(video=i,format=m3u8-cmaf).mp4",
      url: {
        kind: "fragment",
        file: "a.ism",
        bitrate: 5000,
        stream: "video",
        format: HLS,
        time: "init",
      },
    },
    {
      path: "a_1280x720.mp4",
      url: { kind: "file", file: "a_1280x720.mp4", contentType: "video/mp4" },
    },
    { path: "folder/a.M4A", url: { kind: "file", file: "folder/a.M4A", contentType: "audio/mp4" } },
  ]) {
    it(`reads ${path}`, () => {
      assert.deepEqual(parseMediaUrl(path), url);
    });
  }

  for (const { path, name, message } of [
    { path: "a.ism", name: "NotFoundError", message: /played by its manifest/ },
    { path: "a.ism/", name: "NotFoundError", message: /played by its manifest/ },
    { path: "a.ism/other", name: "NotFoundError", message: /there is no 'other'/ },
    { path: "a.xml", name: "NotFoundError", message: /not a file that is served/ },
    { path: "a", name: "NotFoundError", message: /not a file that is served/ },
    {
      path: "a.ism/manifest(format=m3u8-aapl,encryption=cbc)",
      name: "InvalidInputError",
      message: /nothing is encrypted here: leave out 'encryption=cbc'/,
    },
    {
      path: "a.ism/manifest(format=mpd-time-csf,Filter=short)",
      name: "InvalidInputError",
      message: /no filters here: leave out 'filter=short'/,
    },
    {
      path: "a.ism/manifest(format=constructor)",
      name: "InvalidInputError",
      message: /there is no format 'constructor'/,
    },
    {
      path: "a.ism/QualityLevels(1)/Fragments(video=-1,format=m3u8-cmaf)",
      name: "InvalidInputError",
      message: /'-1' is no time/,
    },
    {
      path: "a.ism/QualityLevels(1)/Fragments(video,format=m3u8-cmaf)",
      name: "InvalidInputError",
      message: /is no time/,
    },
    { path: "", name: "InvalidInputError", message: /names no file/ },
    { path: "../b/a.mp4", name: "InvalidInputError", message: /names no file/ },
    {
      path: "a/../../b.ism/manifest(format=m3u8-cmaf)",
      name: "InvalidInputError",
      message: /names no file/,
    },
    { path: "a\\b.mp4", name: "InvalidInputError", message: /names no file/ },
    { path: "a//b.mp4", name: "InvalidInputError", message: /names no file/ },
    { path: "a\u0000.mp4", name: "InvalidInputError", message: /names no file/ },
  ]) {
    it(`refuses ${JSON.stringify(path)}`, () => {
      assert.throws(() => parseMediaUrl(path), { name, message });
    });
  }
});
