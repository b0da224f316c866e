import type { DeliveryForm, SegmentContainer } from "./delivery-form";
import type { Quality, Stream } from "./presentation";

/** What a URL may say besides stream and time. */
export interface UrlOptions {
  /** Only the pictures that need no other. */
  readonly keyFrames?: boolean;
  /** Stream whose sound goes along with the pictures, where both are in one segment. */
  readonly audioTrack?: string;
}

/**
 * Media Services ended URLs at the parenthesis; the extension is added because FFmpeg's HLS reader
 * refuses segments without one that it knows.
 */
const EXTENSIONS: Readonly<Record<SegmentContainer, string>> = {
  cmaf: ".m4s",
  "mpeg-ts": ".ts",
  smooth: "",
};

/** Directory of a quality in URLs, relative to the manifest's. */
export function qualityPath({ bitrate }: Pick<Quality, "bitrate">): string {
  return `QualityLevels(${bitrate})`;
}

/** Last part of a segment's URL. */
export function fragmentName(
  { name }: Pick<Stream, "name">,
  time: number | "i" | "$Time$" | "{start time}",
  form: Pick<DeliveryForm, "name" | "container"> & UrlOptions,
): string {
  const extension = time === "i" ? ".mp4" : EXTENSIONS[form.container];
  return `Fragments(${[`${name}=${time}`, ...argumentsOf(form)].join(",")})${extension}`;
}

/** Last part of a media playlist's URL. */
export function mediaPlaylistName(
  { name }: Pick<Stream, "name">,
  form: Pick<DeliveryForm, "name"> & UrlOptions,
): string {
  return `Manifest(${[name, ...argumentsOf(form)].join(",")})`;
}

function argumentsOf({
  name,
  keyFrames = false,
  audioTrack,
}: Pick<DeliveryForm, "name"> & UrlOptions): string[] {
  return [
    ...(name === "" ? [] : [`format=${name}`]),
    ...(audioTrack === undefined ? [] : [`audioTrack=${audioTrack}`]),
    ...(keyFrames ? ["keyframes"] : []),
  ];
}
