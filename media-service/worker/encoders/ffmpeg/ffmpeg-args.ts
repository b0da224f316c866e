import { type EncodePlan, type FfmpegOptions, videoFilterGraph } from "../../encode-plan";
import { INPUT_FORMATS } from "../input-formats";

/** Seconds between two reports of `-progress`. */
const REPORT_SECONDS = 0.5;

/**
 * The arguments of the one ffmpeg process that makes every file of a plan. ffmpeg turns the picture
 * upright by itself.
 */
export function ffmpegArgs(plan: EncodePlan): string[] {
  return [
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error"],
    ...["-progress", "pipe:1", "-stats_period", String(REPORT_SECONDS), "-y"],
    ...["-protocol_whitelist", "file", "-format_whitelist", INPUT_FORMATS],
    ...["-i", `file:${plan.inputPath}`],
    ...["-filter_complex", videoFilterGraph(plan, `0:${plan.videoStreamIndex}`)],
    ...plan.video.flatMap((output, index) => [
      ...["-map", `[v${index}]`, "-c:v", "libx264"],
      ...withSuffix(output.codecOptions, ":v"),
      ...["-force_key_frames", `expr:gte(t,n_forced*${plan.keyframeSeconds})`],
      ...muxing(output),
    ]),
    ...plan.audio.flatMap((output) => [
      ...["-map", `0:${output.streamIndex}`, "-filter:a", output.filter, "-c:a", "aac"],
      ...withSuffix(output.codecOptions, ":a"),
      ...muxing(output),
    ]),
  ];
}

/** Nothing of the source's metadata is kept but an audio track's language. */
function muxing(output: {
  path: string;
  language?: string;
  muxerOptions: FfmpegOptions;
}): string[] {
  return [
    ...["-map_metadata", "-1", "-map_chapters", "-1"],
    ...(output.language === undefined ? [] : ["-metadata:s:a:0", `language=${output.language}`]),
    ...withSuffix(output.muxerOptions, ""),
    ...["-f", "mp4", `file:${output.path}`],
  ];
}

function withSuffix(options: FfmpegOptions, suffix: string): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`-${name}${suffix}`, value]);
}
