import type { Quality, Stream } from "./presentation";

/** Directory of a quality in URLs, relative to the manifest's. */
export function qualityPath({ bitrate }: Pick<Quality, "bitrate">): string {
  return `QualityLevels(${bitrate})`;
}

/**
 * Last part of a segment's URL. Media Services ended it at the parenthesis; the extension is added
 * because FFmpeg's HLS reader refuses segments without one that it knows.
 */
export function fragmentName(
  { name }: Pick<Stream, "name">,
  time: number | "i" | "$Time$",
  format: string,
): string {
  return `Fragments(${name}=${time},format=${format}).${time === "i" ? "mp4" : "m4s"}`;
}

/** Last part of a media playlist's URL. */
export function mediaPlaylistName({ name }: Pick<Stream, "name">, format: string): string {
  return `Manifest(${name},format=${format})`;
}
