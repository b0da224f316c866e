import {
  type EncodePlan,
  type FfmpegOptions,
  type ImageSet,
  type MediaFile,
  pictureFilterGraph,
  type PicturePlan,
  type TrackOutput,
} from "../../plan/encode-plan";
import { INPUT_FORMATS } from "../input-formats";

/** Seconds between two reports of `-progress`. */
const REPORT_SECONDS = 0.5;

/**
 * The arguments of the one ffmpeg process that makes every file of a plan. ffmpeg turns the picture
 * upright by itself.
 */
export function ffmpegArgs(plan: EncodePlan): string[] {
  const { picture } = plan;
  const graph = picture && pictureFilterGraph(plan, `0:${picture.streamIndex}`);
  const labels = pictureLabels();
  return [
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error"],
    ...["-progress", "pipe:1", "-stats_period", String(REPORT_SECONDS), "-y"],
    ...["-protocol_whitelist", "file", "-format_whitelist", INPUT_FORMATS],
    ...(picture?.autoRotate === false ? ["-noautorotate"] : []),
    ...["-i", `file:${plan.inputPath}`],
    ...(graph === undefined ? [] : ["-filter_complex", graph]),
    ...plan.files.flatMap((file) => fileArgs(file, picture, labels)),
    ...plan.images.flatMap((images) => imageArgs(images, labels)),
  ];
}

/** The outputs of the filter graph, one after the other. */
function pictureLabels(): () => string {
  let next = 0;
  return () => `[v${next++}]`;
}

function fileArgs(
  { tracks, path, muxerOptions }: MediaFile,
  picture: PicturePlan | undefined,
  label: () => string,
): string[] {
  const sounds = tracks.filter(({ kind }) => kind !== "video" && kind !== "copied video");
  return [
    ...tracks.flatMap((track) =>
      track.kind === "video"
        ? ["-map", label(), ...videoCodec(track.codecOptions, picture)]
        : streamArgs(track, sounds),
    ),
    // Nothing of the source's metadata is kept but the languages of sound.
    ...["-map_metadata", "-1", "-map_chapters", "-1"],
    ...sounds.flatMap((track, index) =>
      track.kind === "video" || track.language === undefined
        ? []
        : [`-metadata:s:a:${index}`, `language=${track.language}`],
    ),
    ...withSuffix(muxerOptions, ""),
    ...["-f", "mp4", `file:${path}`],
  ];
}

function videoCodec(options: FfmpegOptions, picture: PicturePlan | undefined): string[] {
  return [
    ...["-c:v", "libx264", ...withSuffix(options, ":v")],
    ...["-force_key_frames", `expr:gte(t,n_forced*${picture?.keyframeSeconds ?? 0})`],
  ];
}

/** A stream that is copied, or sound that is encoded: all sound of a file in the same way. */
function streamArgs(
  track: Exclude<TrackOutput, { kind: "video" }>,
  sounds: readonly TrackOutput[],
): string[] {
  const map = ["-map", `0:${track.streamIndex}`];
  if (track.kind === "copied video") return [...map, "-c:v", "copy"];
  if (track !== sounds[0]) return map;
  if (track.kind !== "audio") return [...map, "-c:a", "copy"];
  return [
    ...map,
    ...["-filter:a", track.filter, "-c:a", "aac", ...withSuffix(track.codecOptions, ":a")],
  ];
}

function imageArgs(
  { codec, codecOptions, pathPrefix, extension }: ImageSet,
  label: () => string,
): string[] {
  return [
    ...["-map", label(), "-c:v", codec, ...withSuffix(codecOptions, ":v")],
    // A per cent sign in a name would be a pattern of its own.
    ...["-f", "image2", `file:${pathPrefix.replaceAll("%", "%%")}%d${extension}`],
  ];
}

function withSuffix(options: FfmpegOptions, suffix: string): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`-${name}${suffix}`, value]);
}
