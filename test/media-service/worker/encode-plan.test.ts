import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { ffmpegArgs } from "../../../media-service/worker/encoders/ffmpeg/ffmpeg-args";
import { encodedSeconds } from "../../../media-service/worker/encoders/ffmpeg/progress-line";
import { rotationFilters } from "../../../media-service/worker/encoders/node-av/rotation-filters";
import { encodePlan } from "../../../media-service/worker/plan/plan-encode";
import { readPreset } from "../../../media-service/worker/presets/read-preset";
import type { SourceFacts, VideoFacts } from "../../../media-service/worker/source-facts";
import { CLOCKWISE } from "./test-media";

const FACTS: SourceFacts & { video: VideoFacts } = {
  container: "mov,mp4,m4a,3gp,3g2,mj2",
  sizeBytes: 1_000_000,
  durationSeconds: 10,
  video: {
    streamIndex: 1,
    codec: "h264",
    width: 480,
    height: 270,
    rotationDegrees: 0,
    frameRate: { num: 25, den: 1 },
    needsEvenRate: false,
    bitsPerSecond: 5_000_000,
    durationSeconds: 9.96,
  },
  audio: [{ streamIndex: 0, codec: "aac", channels: 6, sampleRate: 44_100, language: "eng" }],
};
const PATHS = {
  input: "/scratch/in put",
  baseName: "film",
  output: (name: string) => `/scratch/${name}`,
};

const LADDER = readPreset("Adaptive Streaming");

describe("ffmpegArgs", () => {
  it("makes every file in one process, each argument an element of its own", () => {
    const args = ffmpegArgs(encodePlan(LADDER, FACTS, PATHS));

    assert.deepEqual(args, [
      ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error"],
      ...["-progress", "pipe:1", "-stats_period", "0.5", "-y"],
      ...["-protocol_whitelist", "file"],
      ...["-format_whitelist", "mov,matroska,mpegts,mpeg,avi,flv,asf,mxf,ogg,mp3,wav,flac,aac"],
      ...["-i", "file:/scratch/in put"],
      "-filter_complex",
      "[0:1]split=2[s0][s1];" +
        "[s0]scale=480:270:flags=bicubic,setsar=1,format=yuv420p[v0];" +
        "[s1]scale=320:180:flags=bicubic,setsar=1,format=yuv420p[v1]",
      ...videoArgs({
        label: "v0",
        rate: "620k",
        peak: "744k",
        buffer: "1240k",
        file: "video-0.mp4",
      }),
      ...videoArgs({
        label: "v1",
        rate: "330k",
        peak: "396k",
        buffer: "660k",
        file: "video-1.mp4",
      }),
      ...["-map", "0:0"],
      "-filter:a",
      "aresample=48000:async=1:first_pts=0,aformat=sample_fmts=fltp:channel_layouts=stereo,apad=whole_dur=9.960",
      ...["-c:a", "aac", "-b:a", "128k", "-map_metadata", "-1", "-map_chapters", "-1"],
      ...["-metadata:s:a:0", "language=eng"],
      ...["-movflags", "+cmaf+delay_moov+global_sidx"],
      ...["-frag_duration", "2000000", "-use_editlist", "1"],
      ...["-f", "mp4", "file:/scratch/audio-0.mp4"],
    ]);
  });

  it("evens out frames before the picture is split", () => {
    const video = { ...FACTS.video, needsEvenRate: true, frameRate: { num: 30_000, den: 1001 } };
    const args = ffmpegArgs(encodePlan(LADDER, { ...FACTS, video }, PATHS));

    const graph = args[args.indexOf("-filter_complex") + 1] ?? "";
    assert.equal(graph.split(";")[0], "[0:1]fps=fps=30000/1001:start_time=0,split=2[s0][s1]");
  });

  it("maps no sound where there is none", () => {
    const args = ffmpegArgs(encodePlan(LADDER, { ...FACTS, audio: [] }, PATHS));

    assert.deepEqual(
      args.filter((_, index) => args[index - 1] === "-map"),
      ["[v0]", "[v1]"],
    );
  });
});

function videoArgs(rung: {
  label: string;
  rate: string;
  peak: string;
  buffer: string;
  file: string;
}): string[] {
  return [
    ...[
      "-map",
      `[${rung.label}]`,
      "-c:v",
      "libx264",
      "-preset:v",
      "veryfast",
      "-profile:v",
      "high",
    ],
    ...["-b:v", rung.rate, "-maxrate:v", rung.peak, "-bufsize:v", rung.buffer],
    ...["-g:v", "100000", "-sc_threshold:v", "0", "-forced-idr:v", "1", "-flags:v", "+cgop"],
    ...["-threads:v", "3", "-thread_type:v", "slice"],
    ...[
      "-force_key_frames",
      "expr:gte(t,n_forced*2)",
      "-map_metadata",
      "-1",
      "-map_chapters",
      "-1",
    ],
    ...["-movflags", "+cmaf+delay_moov+global_sidx+frag_keyframe+negative_cts_offsets"],
    ...["-use_editlist", "0", "-f", "mp4", `file:/scratch/${rung.file}`],
  ];
}

describe("encodedSeconds", () => {
  for (const { line, seconds } of [
    { line: "out_time_us=1520000", seconds: 1.52 },
    { line: "out_time_us=N/A", seconds: undefined },
    { line: "out_time_ms=1520000", seconds: undefined },
    { line: "progress=continue", seconds: undefined },
  ]) {
    it(`reads ${String(seconds)} from '${line}'`, () => {
      assert.equal(encodedSeconds(line), seconds);
    });
  }
});

describe("rotationFilters", () => {
  const ONE = 0x10000;
  for (const { name, matrix, filters } of [
    { name: "no matrix", matrix: undefined, filters: [] },
    { name: "upright", matrix: [ONE, 0, 0, 0, ONE], filters: [] },
    { name: "clockwise", matrix: CLOCKWISE, filters: ["transpose=clock"] },
    { name: "upside down", matrix: [-ONE, 0, 0, 0, -ONE], filters: ["hflip", "vflip"] },
    { name: "counterclockwise", matrix: [0, -ONE, 0, ONE, 0], filters: ["transpose=cclock"] },
    { name: "mirrored top to bottom", matrix: [ONE, 0, 0, 0, -ONE], filters: ["vflip"] },
    { name: "mirrored left to right", matrix: [-ONE, 0, 0, 0, ONE], filters: ["hflip"] },
  ]) {
    it(`shows a picture upright that lies ${name}`, () => {
      assert.deepEqual(rotationFilters(matrix), filters);
    });
  }
});
