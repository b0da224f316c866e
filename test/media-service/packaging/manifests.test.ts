import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { renderClientManifest } from "../../../media-service/packaging/client-manifest";
import { renderDashManifest } from "../../../media-service/packaging/dash-manifest";
import { renderHlsMaster, renderHlsMedia } from "../../../media-service/packaging/hls-playlists";
import type { ParsedServerManifestTrack } from "../../../media-service/packaging/server-manifest";
import { requireFormat } from "../../../media-service/origin/streaming-format";
import { present } from "./present";
import { tinyAudio, tinyMp4, tinyVideo } from "./tiny-mp4";

const HLS = requireFormat("m3u8-cmaf");
const DASH = requireFormat("mpd-time-cmaf");

const FILES = {
  "high.mp4": tinyMp4([tinyVideo(104)]),
  "low.mp4": tinyMp4([tinyVideo(104)]),
  "sound.mp4": tinyMp4([{ ...tinyAudio(196), trackId: 1 }]),
};
const LADDER: ParsedServerManifestTrack[] = [
  { kind: "video", src: "low.mp4", systemBitrate: 300_000, trackName: "video" },
  { kind: "video", src: "high.mp4", systemBitrate: 900_000, trackName: "video" },
  {
    kind: "audio",
    src: "sound.mp4",
    systemBitrate: 128_000,
    trackId: 1,
    trackName: "Audio 1",
    language: "deu",
  },
];

describe("manifests", () => {
  it("HLS names each quality and the sound apart, best first", async () => {
    assert.equal(
      renderHlsMaster(await present(LADDER, FILES), HLS),
      [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio_1",LANGUAGE="de",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="QualityLevels(128000)/Manifest(Audio_1,format=m3u8-cmaf)"',
        '#EXT-X-STREAM-INF:BANDWIDTH=1048560,AVERAGE-BANDWIDTH=1048560,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=25.000,AUDIO="audio"',
        "QualityLevels(900000)/Manifest(video,format=m3u8-cmaf)",
        '#EXT-X-STREAM-INF:BANDWIDTH=436560,AVERAGE-BANDWIDTH=436560,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=25.000,AUDIO="audio"',
        "QualityLevels(300000)/Manifest(video,format=m3u8-cmaf)",
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=918000,CODECS="avc1.64001f",RESOLUTION=640x360,URI="QualityLevels(900000)/Manifest(video,format=m3u8-cmaf,keyframes)"',
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=306000,CODECS="avc1.64001f",RESOLUTION=640x360,URI="QualityLevels(300000)/Manifest(video,format=m3u8-cmaf,keyframes)"',
        "",
      ].join("\n"),
    );
  });

  it("HLS lists the segments of a quality by their times", async () => {
    const presentation = await present(LADDER, FILES);
    const [video] = presentation.streams;
    assert(video);

    assert.equal(
      renderHlsMedia({ presentation, form: HLS, options: {} }, video, video.qualities[0]),
      [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-TARGETDURATION:3",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MAP:URI="Fragments(video=i,format=m3u8-cmaf).mp4"',
        "#EXTINF:2.080000,",
        "Fragments(video=0,format=m3u8-cmaf).m4s",
        "#EXTINF:2.080000,",
        "Fragments(video=20800000,format=m3u8-cmaf).m4s",
        "#EXT-X-ENDLIST",
        "",
      ].join("\n"),
    );
  });

  it("HLS of sound alone has the sound as its variant", async () => {
    const master = renderHlsMaster(await present(LADDER.slice(2), FILES), HLS);

    assert.match(
      master,
      /#EXT-X-STREAM-INF:BANDWIDTH=\d+,.*CODECS="mp4a\.40\.2"\nQualityLevels\(128000\)/,
    );
    assert.doesNotMatch(master, /EXT-X-MEDIA|RESOLUTION/);
  });

  it("DASH writes one time line for qualities that are cut alike", async () => {
    const mpd = renderDashManifest(await present(LADDER, FILES), DASH);

    assert.equal(mpd.match(/<SegmentTimeline>/g)?.length, 3);
    assert.match(mpd, /mediaPresentationDuration="PT4\.160S"/);
    assert.match(mpd, /<SegmentTimeline><S t="0" d="20800000" r="1"\/><\/SegmentTimeline>/);
    assert.match(
      mpd,
      /media="QualityLevels\(\$Bandwidth\$\)\/Fragments\(video=\$Time\$,format=mpd-time-cmaf\)\.m4s" initialization="QualityLevels\(\$Bandwidth\$\)\/Fragments\(video=i,format=mpd-time-cmaf\)\.mp4"/,
    );
    assert.match(mpd, /<AdaptationSet [^>]*segmentAlignment="true"[^>]*>/);
    assert.match(mpd, /lang="de"/);
    assert.match(
      mpd,
      /<Representation id="1_1" bandwidth="900000" codecs="avc1\.64001f" width="640" height="360" frameRate="25">/,
    );
  });

  it("DASH writes a time line for each quality where they are cut differently", async () => {
    const other = { ...FILES, "low.mp4": tinyMp4([tinyVideo(104, 104)]) };
    const mpd = renderDashManifest(await present(LADDER, other), DASH);

    assert.equal(mpd.match(/<SegmentTimeline>/g)?.length, 5);
    assert.doesNotMatch(mpd, /<AdaptationSet id="1"[^>]*segmentAlignment/);
  });

  it("the client manifest tells decoders and chunks", async () => {
    const xml = renderClientManifest(await present(LADDER, FILES));

    assert.match(
      xml,
      /<SmoothStreamingMedia MajorVersion="2" MinorVersion="2" Duration="41600000" TimeScale="10000000">/,
    );
    assert.match(xml, /Url="QualityLevels\(\{bitrate\}\)\/Fragments\(video=\{start time\}\)"/);
    assert.match(
      xml,
      /<QualityLevel Index="0" Bitrate="900000" FourCC="H264" MaxWidth="640" MaxHeight="360" CodecPrivateData="0000000167010000000168CE" \/>/,
    );
    assert.match(xml, /<c t="0" d="20800000" r="2" \/>/);
    assert.match(xml, /FourCC="AACL" AudioTag="255" .*CodecPrivateData="1190"/);
  });
});

describe("presentation", () => {
  it("finds both tracks of an interleaved file that a minimal manifest names", async () => {
    const both = tinyMp4([tinyVideo(104), tinyAudio(196)]);
    const { streams, durationTicks } = await present(
      [
        { kind: "video", src: "both.mp4" },
        { kind: "audio", src: "both.mp4" },
      ],
      { "both.mp4": both },
    );

    assert.deepEqual(
      streams.map(({ kind, name }) => [kind, name]),
      [
        ["video", "video"],
        ["audio", "aac_und_2_2_1"],
      ],
    );
    assert.equal(durationTicks, 41_600_000);
  });

  it("offers every language of a file that a minimal manifest names, at measured rates", async () => {
    const sounds = ["eng", "deu", "fra"].map((language, index) => ({
      ...tinyAudio(196),
      trackId: index + 2,
      language,
    }));
    const files = { "many.mp4": tinyMp4([tinyVideo(104), ...sounds]) };
    const once = await present([{ kind: "audio", src: "many.mp4" }], files);
    const twice = await present(
      [
        { kind: "audio", src: "many.mp4" },
        { kind: "audio", src: "many.mp4" },
      ],
      files,
    );
    const bytes = sounds[0]?.samples.slice(1).reduce((sum, one) => sum + one.bytes.length, 0) ?? 0;
    const rate = Math.round((bytes * 8) / ((195 * 1024) / 48_000));

    assert.deepEqual(
      once.streams.map(({ language, qualities }) => [language, qualities[0].bitrate]),
      [
        ["eng", rate],
        ["deu", rate],
        ["fra", rate],
      ],
    );
    assert.deepEqual(
      twice.streams.map(({ language }) => language),
      ["eng", "deu"],
    );
  });

  it("says what is wrong with a track that it would need", async () => {
    const secret = Buffer.concat([Buffer.from([0, 0, 0, 8]), Buffer.from("encv")]);
    const files = { "half.mp4": tinyMp4([{ ...tinyVideo(52), entry: secret }, tinyAudio(98)]) };

    await assert.rejects(present([{ kind: "video", src: "half.mp4" }], files), {
      message: /lists video in 'half\.mp4', there, a track is coded as 'encv', which is protected/,
    });
  });

  it("keeps qualities of one rate apart, for URLs name them by it", async () => {
    const same = LADDER.slice(0, 2).map((track) => ({ ...track, systemBitrate: 500_000 }));
    const { streams } = await present(same, FILES);

    assert.deepEqual(
      streams[0]?.qualities.map(({ bitrate }) => bitrate),
      [500_000, 500_001],
    );
  });

  it("keeps languages apart that carry one name", async () => {
    const sound = LADDER.slice(2).flatMap((track) => [track, { ...track, language: "eng" }]);
    const { streams } = await present(sound, FILES);

    assert.deepEqual(
      streams.map(({ name, language }) => [name, language]),
      [
        ["Audio_1", "deu"],
        ["Audio_1_2", "eng"],
      ],
    );
  });

  it("refuses a manifest that lists what a file does not hold", async () => {
    await assert.rejects(present([{ kind: "audio", src: "high.mp4" }], FILES), {
      name: "CorruptError",
      message: "the server manifest lists audio in 'high.mp4', which has none",
    });
  });
});
