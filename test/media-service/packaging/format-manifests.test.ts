import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { requireFormat } from "../../../media-service/origin/streaming-format";
import { renderClientManifest } from "../../../media-service/packaging/client-manifest";
import { renderDashManifest } from "../../../media-service/packaging/dash-manifest";
import { carriedBy } from "../../../media-service/packaging/delivery-form";
import { renderHlsMaster, renderHlsMedia } from "../../../media-service/packaging/hls-playlists";
import { box, uint16, uint32 } from "../../../media-service/packaging/box-writer";
import type { ParsedServerManifestTrack } from "../../../media-service/packaging/server-manifest";
import { present } from "./present";
import { tinyAudio, tinyMp4, tinyVideo } from "./tiny-mp4";

const FILES = {
  "v.mp4": tinyMp4([tinyVideo(208)]),
  "a.mp4": tinyMp4([{ ...tinyAudio(391), trackId: 1 }]),
};
const TRACKS: ParsedServerManifestTrack[] = [
  { kind: "video", src: "v.mp4", systemBitrate: 500_000, trackName: "video" },
  { kind: "audio", src: "a.mp4", systemBitrate: 96_000, trackName: "main", language: "eng" },
  { kind: "audio", src: "a.mp4", systemBitrate: 128_000, trackName: "other", language: "deu" },
];
/** Sound that has no place in MPEG-TS or Smooth Streaming. */
const OPUS = {
  ...tinyAudio(391),
  trackId: 1,
  entry: box(
    "Opus",
    Buffer.concat([Buffer.alloc(6), uint16(1), Buffer.alloc(8), uint16(2, 16, 0, 0)]),
    uint32(48_000 * 0x10000),
  ),
};

describe("manifests of each format", () => {
  it("HLS version 4 groups the sound and names the key frames", async () => {
    assert.equal(
      renderHlsMaster(await present(TRACKS, FILES), requireFormat("m3u8-aapl")),
      [
        "#EXTM3U",
        "#EXT-X-VERSION:4",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="main",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="QualityLevels(96000)/Manifest(main,format=m3u8-aapl)"',
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="other",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="QualityLevels(128000)/Manifest(other,format=m3u8-aapl)"',
        '#EXT-X-STREAM-INF:BANDWIDTH=758814,AVERAGE-BANDWIDTH=719702,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=25.000,AUDIO="audio"',
        "QualityLevels(500000)/Manifest(video,format=m3u8-aapl)",
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=578808,CODECS="avc1.64001f",RESOLUTION=640x360,URI="QualityLevels(500000)/Manifest(video,format=m3u8-aapl,keyframes)"',
        "",
      ].join("\n"),
    );
  });

  it("HLS version 3 has the sound in its variants, and the one that is asked for", async () => {
    const presentation = await present(TRACKS, FILES);
    const form = requireFormat("m3u8-aapl-v3");
    const master = (audioTrack?: string): string =>
      renderHlsMaster(presentation, form, audioTrack === undefined ? {} : { audioTrack });

    assert.equal(
      master(),
      [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-STREAM-INF:BANDWIDTH=726119,AVERAGE-BANDWIDTH=687006,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=25.000',
        "QualityLevels(500000)/Manifest(video,format=m3u8-aapl-v3)",
        "",
      ].join("\n"),
    );
    assert.match(
      master("other"),
      /BANDWIDTH=758814,.*\nQualityLevels\(500000\)\/Manifest\(video,format=m3u8-aapl-v3,audioTrack=other\)\n/,
    );
  });

  it("HLS in MPEG-TS puts as many fragments into a segment as the server manifest says", async () => {
    const form = requireFormat("m3u8-aapl");
    for (const { together, lines } of [
      {
        together: 3,
        lines: [
          "#EXT-X-TARGETDURATION:7",
          "#EXT-X-MEDIA-SEQUENCE:0",
          "#EXT-X-INDEPENDENT-SEGMENTS",
          "#EXTINF:6.240000,",
          "Fragments(video=0,format=m3u8-aapl).ts",
          "#EXTINF:2.080000,",
          "Fragments(video=62400000,format=m3u8-aapl).ts",
        ],
      },
      {
        together: 2,
        lines: [
          "#EXT-X-TARGETDURATION:5",
          "#EXT-X-MEDIA-SEQUENCE:0",
          "#EXT-X-INDEPENDENT-SEGMENTS",
          "#EXTINF:4.160000,",
          "Fragments(video=0,format=m3u8-aapl).ts",
          "#EXTINF:4.160000,",
          "Fragments(video=41600000,format=m3u8-aapl).ts",
        ],
      },
    ]) {
      const presentation = await present(TRACKS, FILES, together);
      const [video] = presentation.streams;
      assert(video);
      const context = { presentation, form, options: {} };
      assert.equal(
        renderHlsMedia(context, video, video.qualities[0]),
        [
          "#EXTM3U",
          "#EXT-X-VERSION:4",
          "#EXT-X-PLAYLIST-TYPE:VOD",
          ...lines,
          "#EXT-X-ENDLIST",
          "",
        ].join("\n"),
      );
    }
  });

  it("key frames have a playlist of their own, one for each fragment", async () => {
    const presentation = await present(TRACKS, FILES);
    const [video] = presentation.streams;
    assert(video);
    const form = requireFormat("m3u8-cmaf");
    const context = { presentation, form, options: { keyFrames: true } };

    assert.equal(
      renderHlsMedia(context, video, video.qualities[0]),
      [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-TARGETDURATION:3",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        "#EXT-X-I-FRAMES-ONLY",
        '#EXT-X-MAP:URI="Fragments(video=i,format=m3u8-cmaf).mp4"',
        ...[0, 20_800_000, 41_600_000, 62_400_000].flatMap((time) => [
          "#EXTINF:2.080000,",
          `Fragments(video=${time},format=m3u8-cmaf,keyframes).m4s`,
        ]),
        "#EXT-X-ENDLIST",
        "",
      ].join("\n"),
    );
  });

  it("DASH says roles, languages and channels, and has key frames to wind through", async () => {
    const mpd = renderDashManifest(await present(TRACKS, FILES), requireFormat("mpd-time-cmaf"));

    assert.equal(
      mpd,
      `<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019" type="static" mediaPresentationDuration="PT8.320S" minBufferTime="PT4S">
  <Period id="0" start="PT0S">
    <AdaptationSet id="1" contentType="video" mimeType="video/mp4" maxWidth="640" maxHeight="360" segmentAlignment="true" startWithSAP="1">
      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
      <SegmentTemplate timescale="10000000" media="QualityLevels($Bandwidth$)/Fragments(video=$Time$,format=mpd-time-cmaf).m4s" initialization="QualityLevels($Bandwidth$)/Fragments(video=i,format=mpd-time-cmaf).mp4">
        <SegmentTimeline><S t="0" d="20800000" r="3"/></SegmentTimeline>
      </SegmentTemplate>
      <Representation id="1_1" bandwidth="500000" codecs="avc1.64001f" width="640" height="360" frameRate="25">
      </Representation>
    </AdaptationSet>
    <AdaptationSet id="2" contentType="audio" mimeType="audio/mp4" lang="en" segmentAlignment="true" startWithSAP="1">
      <Label>main</Label>
      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
      <SegmentTemplate timescale="10000000" media="QualityLevels($Bandwidth$)/Fragments(main=$Time$,format=mpd-time-cmaf).m4s" initialization="QualityLevels($Bandwidth$)/Fragments(main=i,format=mpd-time-cmaf).mp4">
        <SegmentTimeline><S t="0" d="20053333"/><S d="20053334"/><S d="20053333" r="1"/><S d="2986667"/></SegmentTimeline>
      </SegmentTemplate>
      <Representation id="2_1" bandwidth="96000" codecs="mp4a.40.2" audioSamplingRate="48000">
        <AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="2"/>
      </Representation>
    </AdaptationSet>
    <AdaptationSet id="3" contentType="audio" mimeType="audio/mp4" lang="de" segmentAlignment="true" startWithSAP="1">
      <Label>other</Label>
      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="alternate"/>
      <SegmentTemplate timescale="10000000" media="QualityLevels($Bandwidth$)/Fragments(other=$Time$,format=mpd-time-cmaf).m4s" initialization="QualityLevels($Bandwidth$)/Fragments(other=i,format=mpd-time-cmaf).mp4">
        <SegmentTimeline><S t="0" d="20053333"/><S d="20053334"/><S d="20053333" r="1"/><S d="2986667"/></SegmentTimeline>
      </SegmentTemplate>
      <Representation id="3_1" bandwidth="128000" codecs="mp4a.40.2" audioSamplingRate="48000">
        <AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="2"/>
      </Representation>
    </AdaptationSet>
    <AdaptationSet id="4" contentType="video" mimeType="video/mp4" maxWidth="640" maxHeight="360" segmentAlignment="true" startWithSAP="1">
      <EssentialProperty schemeIdUri="http://dashif.org/guidelines/trickmode" value="1"/>
      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
      <SegmentTemplate timescale="10000000" media="QualityLevels($Bandwidth$)/Fragments(video=$Time$,format=mpd-time-cmaf,keyframes).m4s" initialization="QualityLevels($Bandwidth$)/Fragments(video=i,format=mpd-time-cmaf).mp4">
        <SegmentTimeline><S t="0" d="20800000" r="3"/></SegmentTimeline>
      </SegmentTemplate>
      <Representation id="4_1" bandwidth="500000" codecs="avc1.64001f" width="640" height="360" codingDependency="false" maxPlayoutRate="52">
      </Representation>
    </AdaptationSet>
  </Period>
</MPD>
`,
    );
  });

  it("the older DASH form is for players that know the ISO profile alone", async () => {
    const mpd = renderDashManifest(await present(TRACKS, FILES), requireFormat("mpd-time-csf"));

    assert.match(mpd, / profiles="urn:mpeg:dash:profile:isoff-live:2011" /);
    assert.match(mpd, /media="[^"]+,format=mpd-time-csf\)\.m4s"/);
    assert.doesNotMatch(mpd, /trickmode/);
  });

  for (const { format, minor, chunks, url } of [
    {
      format: "",
      minor: 2,
      chunks: ['<c t="0" d="20800000" r="4" />'],
      url: "Fragments(video={start time})",
    },
    {
      format: "fmp4-v20",
      minor: 0,
      chunks: ['<c t="0" d="20800000" />', ...Array<string>(3).fill('<c d="20800000" />')],
      url: "Fragments(video={start time},format=fmp4-v20)",
    },
  ]) {
    it(`Smooth Streaming ${format} ${minor === 2 ? "counts chunks of one length" : "writes out each chunk"}`, async () => {
      const presentation = await present(TRACKS.slice(0, 1), FILES);

      assert.equal(
        renderClientManifest(presentation, format),
        [
          '<?xml version="1.0" encoding="utf-8"?>',
          `<SmoothStreamingMedia MajorVersion="2" MinorVersion="${minor}" Duration="83200000" TimeScale="10000000">`,
          `  <StreamIndex Type="video" Name="video" Language="und" Chunks="4" QualityLevels="1" MaxWidth="640" MaxHeight="360" DisplayWidth="640" DisplayHeight="360" Url="QualityLevels({bitrate})/${url}">`,
          '    <QualityLevel Index="0" Bitrate="500000" FourCC="H264" MaxWidth="640" MaxHeight="360" CodecPrivateData="0000000167010000000168CE" />',
          ...chunks.map((chunk) => `    ${chunk}`),
          "  </StreamIndex>",
          "</SmoothStreamingMedia>",
          "",
        ].join("\n"),
      );
    });
  }

  it("Smooth Streaming leaves out qualities that are cut otherwise than the best", async () => {
    const files = { ...FILES, "low.mp4": tinyMp4([tinyVideo(208, 104)]) };
    const tracks: ParsedServerManifestTrack[] = [
      ...TRACKS.slice(0, 1),
      { kind: "video", src: "low.mp4", systemBitrate: 100_000, trackName: "video" },
    ];
    const xml = renderClientManifest(await present(tracks, files));

    assert.match(xml, /QualityLevels="1"/);
    assert.doesNotMatch(xml, /100000"/);
  });

  it("tell of a picture that is to be turned how it lies, where the form can't turn it", async () => {
    const file = tinyMp4([tinyVideo(208)]);
    const matrix = file.indexOf("tkhd") + 4 + 40;
    uint32(0, 0x10000, 0, 0xffff0000, 0, 0, 360 * 0x10000, 0, 0x40000000).copy(file, matrix);
    uint32(640 * 0x10000, 360 * 0x10000).copy(file, matrix + 36);
    const turned = await present([{ kind: "video", src: "t.mp4" }], { "t.mp4": file });
    const sizes = (name: string): string[] =>
      [...renderHlsMaster(turned, requireFormat(name)).matchAll(/RESOLUTION=(\w+)/g)].map(
        ([, size = ""]) => size,
      );

    assert.deepEqual(sizes("m3u8-cmaf"), ["360x640", "360x640"]);
    assert.deepEqual(sizes("m3u8-aapl"), ["640x360", "640x360"]);
    assert.deepEqual(sizes("m3u8-aapl-v3"), ["640x360"]);
    const smooth = renderClientManifest(turned);
    assert.match(smooth, /MaxWidth="640" MaxHeight="360" DisplayWidth="640" DisplayHeight="360"/);
    assert.match(smooth, /FourCC="H264" MaxWidth="640" MaxHeight="360"/);
    const dash = renderDashManifest(turned, requireFormat("mpd-time-cmaf"));
    assert.match(dash, /width="360" height="640"/);
  });

  it("leave out sound that the format can't carry, and say so where nothing is left", async () => {
    const files = { ...FILES, "o.mp4": tinyMp4([OPUS]) };
    const tracks: ParsedServerManifestTrack[] = [
      ...TRACKS.slice(0, 1),
      { kind: "audio", src: "o.mp4", systemBitrate: 64_000, trackName: "opus" },
    ];
    const both = await present(tracks, files);
    const alone = await present(tracks.slice(1), files);

    for (const container of ["mpeg-ts", "smooth"] as const) {
      assert.deepEqual(
        carriedBy(both, container).streams.map(({ kind }) => kind),
        ["video"],
      );
      assert.throws(() => carriedBy(alone, container), {
        name: "InvalidInputError",
        message: /'opus' has no form in this format: ask for format=m3u8-cmaf/,
      });
    }
    assert.equal(carriedBy(both, "cmaf").streams.length, 2);
  });
});
