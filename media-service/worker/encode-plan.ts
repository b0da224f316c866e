import { adaptiveStreamingLadder } from "./ladder";
import type { Rational } from "./probed-media";
import { type AudioFacts, type SourceFacts } from "./source-facts";

/** Options of a codec or a muxer by FFmpeg's names; both encoders understand the same ones. */
export type FfmpegOptions = Readonly<Record<string, string>>;

/** One video file to be made. */
export interface VideoOutput {
  /** Path of the scratch file. */
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly kilobitsPerSecond: number;
  readonly codecOptions: FfmpegOptions;
  readonly muxerOptions: FfmpegOptions;
}

/** One audio file to be made. */
export interface AudioOutput {
  readonly path: string;
  readonly streamIndex: number;
  readonly kilobitsPerSecond: number;
  readonly samplesPerSecond: number;
  readonly language?: string;
  readonly filter: string;
  readonly codecOptions: FfmpegOptions;
  readonly muxerOptions: FfmpegOptions;
}

/** Everything an encoder has to know: decisions are made here, once, for both encoders. */
export interface EncodePlan {
  readonly inputPath: string;
  readonly videoStreamIndex: number;
  readonly displayMatrix?: readonly number[];
  readonly frameRate: Rational;
  readonly keyframeSeconds: number;
  /** Filters that the picture passes before it is split, `null` when there is none. */
  readonly commonFilter: string;
  readonly video: readonly VideoOutput[];
  readonly audio: readonly AudioOutput[];
}

/** Distance of keyframes; a segment begins at each. */
const KEYFRAME_SECONDS = 2;
/** AAC-LC at this rate and these samples a second is what the preset gives for any source. */
const AUDIO_KILOBITS_PER_SECOND = 128;
const AUDIO_SAMPLES_PER_SECOND = 48_000;

/** Peak rate over the average, and the buffer that bounds it, in seconds of the average. */
const PEAK_SHARE = 1.2;
const BUFFER_SECONDS = 2;
/** Keyframes come by force only: no automatic one may fall between them. */
const NO_AUTOMATIC_KEYFRAME = "100000";

/**
 * The same input gives the same bytes, so that a job that is run again changes nothing. x264 with a
 * bounded buffer is repeatable only with slices, not with frames, encoded at the same time; and only
 * with a number of them that does not depend on the machine. Three cost neither time nor quality.
 */
const REPEATABLE_THREADS: FfmpegOptions = { threads: "3", thread_type: "slice" };

/** One CMAF track a file, with an index at its front (ISO/IEC 23000-19, 7.3; ISO/IEC 14496-12, 8.16.3). */
const CMAF_FLAGS = "+cmaf+delay_moov+global_sidx";
/** Video begins at time 0 by its own composition offsets; FFmpeg's versions differ in their default. */
const VIDEO_MUXER: FfmpegOptions = {
  movflags: `${CMAF_FLAGS}+frag_keyframe+negative_cts_offsets`,
  use_editlist: "0",
};
/** Audio has an edit list that takes off what AAC puts in front (ISO/IEC 14496-12, 8.6.6). */
const AUDIO_MUXER: FfmpegOptions = {
  movflags: CMAF_FLAGS,
  frag_duration: String(KEYFRAME_SECONDS * 1_000_000),
  use_editlist: "1",
};

/** Decides what is encoded from a source, and how. Files are named after their kind and number. */
export function encodePlan(
  facts: SourceFacts,
  paths: { input: string; output: (fileName: string) => string },
): EncodePlan {
  const { video } = facts;
  const rungs = adaptiveStreamingLadder({
    width: video.width,
    height: video.height,
    framesPerSecond: video.frameRate.num / video.frameRate.den,
    bitsPerSecond: video.bitsPerSecond,
  });
  return {
    inputPath: paths.input,
    videoStreamIndex: video.streamIndex,
    ...(video.displayMatrix === undefined ? {} : { displayMatrix: video.displayMatrix }),
    frameRate: video.frameRate,
    keyframeSeconds: KEYFRAME_SECONDS,
    commonFilter: video.needsEvenRate
      ? `fps=fps=${video.frameRate.num}/${video.frameRate.den}:start_time=0`
      : "null",
    video: rungs.map((rung, index) => ({
      ...rung,
      path: paths.output(`video-${index}.mp4`),
      codecOptions: videoCodecOptions(rung.kilobitsPerSecond),
      muxerOptions: VIDEO_MUXER,
    })),
    audio: facts.audio.map((audio, index) => ({
      path: paths.output(`audio-${index}.mp4`),
      streamIndex: audio.streamIndex,
      kilobitsPerSecond: AUDIO_KILOBITS_PER_SECOND,
      samplesPerSecond: AUDIO_SAMPLES_PER_SECOND,
      ...languageOf(audio),
      filter: audioFilter(video.durationSeconds ?? facts.durationSeconds),
      codecOptions: { b: `${AUDIO_KILOBITS_PER_SECOND}k` },
      muxerOptions: AUDIO_MUXER,
    })),
  };
}

function languageOf({ language }: AudioFacts): { language?: string } {
  return language === undefined ? {} : { language };
}

function videoCodecOptions(kilobitsPerSecond: number): FfmpegOptions {
  return {
    preset: "veryfast",
    profile: "high",
    b: `${kilobitsPerSecond}k`,
    maxrate: `${Math.round(kilobitsPerSecond * PEAK_SHARE)}k`,
    bufsize: `${kilobitsPerSecond * BUFFER_SECONDS}k`,
    g: NO_AUTOMATIC_KEYFRAME,
    sc_threshold: "0",
    "forced-idr": "1",
    flags: "+cgop",
    ...REPEATABLE_THREADS,
  };
}

/** Stereo that begins with the video, without gaps, and lasts at least as long. */
function audioFilter(videoSeconds: number): string {
  return [
    `aresample=${AUDIO_SAMPLES_PER_SECOND}:async=1:first_pts=0`,
    "aformat=sample_fmts=fltp:channel_layouts=stereo",
    `apad=whole_dur=${videoSeconds.toFixed(3)}`,
  ].join(",");
}

/**
 * The filter graph that makes all video outputs from one decoded picture: `[in]` becomes `[v0]`,
 * `[v1]` and so on.
 */
export function videoFilterGraph(plan: EncodePlan, input: string, before: string[] = []): string {
  const common = [...before, plan.commonFilter].filter((filter) => filter !== "null");
  const labels = plan.video.map((_, index) => `[s${index}]`).join("");
  const scaled = plan.video.map(
    ({ width, height }, index) =>
      `[s${index}]scale=${width}:${height}:flags=bicubic,setsar=1,format=yuv420p[v${index}]`,
  );
  return [
    `[${input}]${[...common, `split=${plan.video.length}`].join(",")}${labels}`,
    ...scaled,
  ].join(";");
}
