import { knownMembers } from "../known-members";
import { fileName, type NameParts } from "../presets/file-name-template";
import type { Preset } from "../presets/preset";
import { presetError } from "../presets/preset-error";
import type {
  AudioOutput,
  CopiedOutput,
  FfmpegOptions,
  MediaFile,
  TrackOutput,
  VideoOutput,
} from "./encode-plan";
import { audioFileName, interleavedFileName, videoFileName } from "./output-names";

/** Where files go, and what they are called after. */
export interface FilePaths {
  /** The input's name without folders and extension. */
  readonly baseName: string;
  /** Path for a result's scratch file. */
  readonly output: (fileName: string) => string;
}

type Video = VideoOutput | CopiedOutput;
type Audio = AudioOutput | CopiedOutput;

/** Length of an audio fragment, in millionths of a second. */
const AUDIO_FRAGMENT = "2000000";
/** One CMAF track a file, with an index at its front (ISO/IEC 23000-19, 7.3; ISO/IEC 14496-12, 8.16.3). */
const CMAF_FLAGS = "+cmaf+delay_moov+global_sidx";
/** Video begins at time 0 by its own composition offsets; FFmpeg's versions differ in their default. */
const CMAF_VIDEO: FfmpegOptions = {
  movflags: `${CMAF_FLAGS}+frag_keyframe+negative_cts_offsets`,
  use_editlist: "0",
};
/** Audio has an edit list that takes off what AAC puts in front (ISO/IEC 14496-12, 8.6.6). */
const CMAF_AUDIO: FfmpegOptions = {
  movflags: CMAF_FLAGS,
  frag_duration: AUDIO_FRAGMENT,
  use_editlist: "1",
};
/** Several tracks, interleaved, and what was not encoded here: a file to download, its index in front. */
const PROGRESSIVE: FfmpegOptions = { movflags: "+faststart", use_editlist: "1" };

/** Characters of the input's name in `{Basename}` ("Media Encoder Standard schema", Output). */
const BASENAME_CHARACTERS = { encoded: 32, copied: 64 };

/** The MP4 files of a preset: each track its own, or each video with all sound. */
export function mediaFiles(
  { layout, mp4FileName }: Preset,
  { video, audio }: { video: readonly Video[]; audio: readonly Audio[] },
  { baseName, output }: FilePaths,
): MediaFile[] {
  const groups = grouped(layout, video, audio);
  const copied = [...video, ...audio].some(({ kind }) => kind.startsWith("copied"));
  const basename = nameStart(baseName, { copied });
  let videos = 0;
  let audios = 0;
  return groups.map((tracks) => {
    const hasVideo = isVideo(tracks[0]);
    const path = output(hasVideo ? `video-${videos++}.mp4` : `audio-${audios++}.mp4`);
    const fallback = standardName(baseName, tracks, audios);
    const given =
      mp4FileName === undefined ? undefined : fileName(mp4FileName, nameParts(basename, tracks));
    return {
      name: given === undefined ? fallback : withExtension(given),
      path,
      tracks,
      muxerOptions: muxerOptions(tracks),
    };
  });
}

/** The beginning of names that presets put together; cut at a whole character. */
export function nameStart(baseName: string, { copied }: { copied: boolean }): string {
  const most = copied ? BASENAME_CHARACTERS.copied : BASENAME_CHARACTERS.encoded;
  return baseName.slice(0, most).replace(/[\uD800-\uDBFF]$/, "");
}

/** @throws TaskError `ErrorParsingConfiguration` when two files would have one name. */
export function requireDistinctNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase())) {
      throw presetError(
        "Outputs",
        `call two files '${name.replace("\u0000", "{Index}")}': use macros that tell them apart`,
      );
    }
    seen.add(name.toLowerCase());
  }
}

function grouped(
  layout: Preset["layout"],
  video: readonly Video[],
  audio: readonly Audio[],
): TrackOutput[][] {
  if (layout === "separate") return [...video, ...audio].map((track) => [track]);
  if (video.length > 0) return video.map((track) => [track, ...audio]);
  return audio.length > 0 ? [[...audio]] : [];
}

function isVideo(track: TrackOutput | undefined): boolean {
  return track?.kind === "video" || track?.kind === "copied video";
}

function muxerOptions(tracks: readonly TrackOutput[]): FfmpegOptions {
  const [first, second] = tracks;
  if (second || first?.kind.startsWith("copied")) return PROGRESSIVE;
  return first?.kind === "video" ? CMAF_VIDEO : CMAF_AUDIO;
}

/** The names that files have where the preset says nothing, or nothing that fits. */
function standardName(
  baseName: string,
  [first, second]: readonly TrackOutput[],
  audioNumber: number,
): string {
  if (first?.kind === "video") {
    return second ? interleavedFileName(baseName, first) : videoFileName(baseName, first);
  }
  if (first?.kind === "copied video") return `${baseName}.mp4`;
  return audioFileName(baseName, { kilobitsPerSecond: first?.kilobitsPerSecond ?? 0 }, audioNumber);
}

/** `{Codec}` of the schema, and FFmpeg's word for what it does not name. */
const CODEC_NAMES: Readonly<Record<string, string>> = { h264: "H264", aac: "AAC", hevc: "HEVC" };

function nameParts(basename: string, tracks: readonly TrackOutput[]): NameParts {
  const video = tracks.find(isVideo);
  const audio = tracks.find((track) => !isVideo(track));
  return knownMembers({
    basename,
    extension: ".mp4",
    codec: codecName(video ?? audio),
    ...(video && sizeOf(video)),
    videoBitrate: video?.kilobitsPerSecond,
    label: video?.kind === "video" ? video.label : undefined,
    audioBitrate: audio?.kilobitsPerSecond,
    channel: audio?.kind === "video" ? undefined : audio?.channels,
  });
}

function codecName(track: TrackOutput | undefined): string {
  if (track?.kind === "copied video" || track?.kind === "copied audio") {
    return CODEC_NAMES[track.codec] ?? track.codec;
  }
  return track?.kind === "video" ? "H264" : "AAC";
}

function sizeOf(track: TrackOutput): { width?: number; height?: number } {
  if (track.kind === "video") return { width: track.width, height: track.height };
  return track.kind === "audio" ? {} : (track.size ?? {});
}

function withExtension(name: string): string {
  return name.toLowerCase().endsWith(".mp4") ? name : `${name}.mp4`;
}
