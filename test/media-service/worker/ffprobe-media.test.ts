import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { parseFfprobe } from "../../../media-service/worker/encoders/ffmpeg/ffprobe-media";

describe("parseFfprobe", () => {
  it("reads a turned video with sound as ffprobe prints it", () => {
    const printed = {
      format: {
        format_name: "mov,mp4",
        format_long_name: "QuickTime / MOV",
        duration: "4.000000",
        start_time: "0.000000",
      },
      streams: [
        {
          index: 0,
          codec_type: "video",
          codec_name: "h264",
          codec_tag_string: "avc1",
          time_base: "1/30000",
          width: 320,
          height: 180,
          sample_aspect_ratio: "1:1",
          r_frame_rate: "30000/1001",
          avg_frame_rate: "30000/1001",
          bit_rate: "599040",
          start_time: "0.000000",
          duration: "4.000000",
          disposition: { attached_pic: 0 },
          side_data_list: [
            {
              side_data_type: "Display Matrix",
              displaymatrix:
                "\n00000000:            0       65536           0\n00000001:       -65536           0           0\n00000002:            0           0  1073741824\n",
              rotation: -90,
            },
          ],
        },
        {
          index: 1,
          codec_type: "audio",
          codec_name: "aac",
          codec_tag_string: "[0][0][0][0]",
          channels: 6,
          sample_rate: "44100",
          r_frame_rate: "0/0",
          tags: { language: "fra" },
        },
        { index: 2, codec_type: "data", codec_tag_string: "tmcd" },
      ],
    };

    assert.deepEqual(parseFfprobe(JSON.stringify(printed), 1234), {
      formatName: "mov,mp4",
      formatLongName: "QuickTime / MOV",
      sizeBytes: 1234,
      durationSeconds: 4,
      startSeconds: 0,
      streams: [
        {
          index: 0,
          kind: "video",
          codec: "h264",
          fourCc: "avc1",
          timeBase: { num: 1, den: 30_000 },
          width: 320,
          height: 180,
          sampleAspectRatio: { num: 1, den: 1 },
          averageFrameRate: { num: 30_000, den: 1001 },
          nominalFrameRate: { num: 30_000, den: 1001 },
          displayMatrix: [0, 65_536, 0, -65_536, 0, 0, 0, 0, 1_073_741_824],
          bitsPerSecond: 599_040,
          startSeconds: 0,
          durationSeconds: 4,
        },
        {
          index: 1,
          kind: "audio",
          codec: "aac",
          channels: 6,
          sampleRate: 44_100,
          language: "fra",
        },
        { index: 2, kind: "other", codec: "unknown", fourCc: "tmcd" },
      ],
    });
  });

  it("leaves out what is not known instead of guessing", () => {
    const printed = {
      format: { duration: "N/A" },
      streams: [{ codec_type: "video", avg_frame_rate: "0/0" }],
    };

    assert.deepEqual(parseFfprobe(JSON.stringify(printed), 1), {
      formatName: "unknown",
      sizeBytes: 1,
      streams: [{ index: 0, kind: "video", codec: "unknown" }],
    });
  });
});
