import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { parseXml, childrenOf, attributeOf } from "../../../media-service/packaging/xml";
import { inputMetadata } from "../../../media-service/worker/input-metadata";
import { durationText } from "../../../media-service/worker/metadata-xml";
import { outputMetadata } from "../../../media-service/worker/output-metadata";
import type { EncodeFileResult } from "../../../media-service/worker/encode-file";
import type { ProbedMedia } from "../../../media-service/worker/probed-media";

const MEDIA: ProbedMedia = {
  formatName: "mov,mp4,m4a,3gp,3g2,mj2",
  formatLongName: "QuickTime / MOV",
  sizeBytes: 1_973_733,
  durationSeconds: 12.678,
  startSeconds: 0,
  streams: [
    {
      ...{ index: 0, kind: "video", codec: "h264", fourCc: "avc1", width: 720, height: 576 },
      ...{ sampleAspectRatio: { num: 16, den: 15 }, averageFrameRate: { num: 30_000, den: 1001 } },
      ...{ timeBase: { num: 1, den: 30_000 }, bitsPerSecond: 1_043_400 },
      ...{ startSeconds: 0.034, durationSeconds: 12.645 },
    },
    {
      ...{ index: 1, kind: "audio", codec: "aac", channels: 2, sampleRate: 44_100 },
      ...{ timeBase: { num: 1, den: 44_100 }, language: "eng" },
    },
    { index: 2, kind: "other", codec: "unknown" },
  ],
};

describe("metadata of the input", () => {
  it("says what a file and its tracks are, in the words and order of the schema", () => {
    assert.equal(
      inputMetadata(MEDIA, 'a "film" & more.mp4'),
      `<?xml version="1.0" encoding="utf-8"?>
<AssetFiles xmlns="http://schemas.microsoft.com/windowsazure/mediaservices/2014/07/mediaencoder/inputmetadata">
  <AssetFile Name="a &quot;film&quot; &amp; more.mp4" Size="1973733" Duration="PT12.678S" NumberOfStreams="3" FormatNames="mov,mp4,m4a,3gp,3g2,mj2" FormatVerboseName="QuickTime / MOV" StartTime="PT0S" OverallBitRate="1245">
    <VideoTracks>
      <VideoTrack Id="0" Codec="h264" TimeBase="1/30000" StartTime="PT0.034S" Duration="PT12.645S" FourCC="avc1" Width="720" Height="576" DisplayAspectRatioNumerator="4" DisplayAspectRatioDenominator="3" SampleAspectRatioNumerator="16" SampleAspectRatioDenominator="15" FrameRate="29.970" Bitrate="1043" />
    </VideoTracks>
    <AudioTracks>
      <AudioTrack Id="1" Codec="aac" TimeBase="1/44100" Channels="2" SamplingRate="44100">
        <Metadata key="language" value="eng" />
      </AudioTrack>
    </AudioTracks>
  </AssetFile>
</AssetFiles>
`,
    );
  });

  it("leaves out kinds of tracks that there are none of", () => {
    const silent = { ...MEDIA, streams: MEDIA.streams.slice(0, 1) };

    assert.doesNotMatch(inputMetadata(silent, "a.mp4"), /AudioTrack/);
  });
});

describe("metadata of the output", () => {
  it("says of each file what it was made of, what it holds and what it was meant to be", () => {
    const video = { codec: "avc1.4D401F", width: 1280, height: 720 };
    const audio = { codec: "mp4a.40.2", channels: 2, sampleRate: 44_100 };
    const track = (entry: object, frameRate = 0) => ({ header: { entry }, frameRate });
    const result = {
      plan: { picture: { frameRate: { num: 24_000, den: 1001 } } },
      files: [
        {
          ...{ file: { name: "a.mp4" }, sizeBytes: 4_646_283 },
          tracks: [
            {
              ...{ kind: "video", track: track(video, 23.974), durationSeconds: 8.4 },
              ...{ bitsPerSecond: 4_250_100, peakBitsPerSecond: 5_513_700 },
              output: { kind: "video", kilobitsPerSecond: 3400 },
            },
            {
              ...{ kind: "audio", track: track(audio), durationSeconds: 8.4288444 },
              ...{ bitsPerSecond: 93_000, peakBitsPerSecond: 96_000 },
              output: { kind: "audio", kilobitsPerSecond: 96 },
            },
          ],
        },
      ],
    } as unknown as EncodeFileResult;

    const text = outputMetadata(result, "BigBuckBunny.mp4");
    const [root] = childrenOf(parseXml(text), "AssetFiles");
    assert(root);
    const [file] = childrenOf(root, "AssetFile");
    assert(file);
    assert.deepEqual(
      ["Name", "Size", "Duration"].map((name) => attributeOf(file, name)),
      ["a.mp4", "4646283", "PT8.429S"],
    );
    assert.match(text, /<Sources>\s+<Source Name="BigBuckBunny.mp4" \/>\s+<\/Sources>/);
    assert.match(
      text,
      /<VideoTrack Id="0" FourCC="AVC1" Profile="Main" Level="3.1" Width="1280" Height="720" DisplayAspectRatioNumerator="16" DisplayAspectRatioDenominator="9" Framerate="23.974" TargetFramerate="23.976" Bitrate="4250" TargetBitrate="3400" MaxGOPBitrate="5514" \/>/,
    );
    assert.match(
      text,
      /<AudioTrack Id="0" Codec="AacLc" Channels="2" SamplingRate="44100" Bitrate="93" BitsPerSample="16" \/>/,
    );
  });
});

describe("a duration", () => {
  for (const [seconds, text] of [
    [0, "PT0S"],
    [2.669, "PT2.669S"],
    [59.9996, "PT1M0S"],
    [1537.757, "PT25M37.757S"],
    [7200, "PT2H0S"],
  ] as const) {
    it(`of ${seconds} s is ${text}`, () => {
      assert.equal(durationText(seconds), text);
    });
  }
});
