import { InvalidInputError, NotFoundError } from "../domain/errors";
import { isAssetFileName } from "../packaging/blob-name";
import type { UrlOptions } from "../packaging/fragment-url";
import { STEERING_RESOURCE } from "../packaging/pathway";
import type { StreamingFormat } from "./streaming-format";
import { readUrlArguments } from "./url-arguments";

/** What a streaming URL asks for, after the locator. */
export type MediaUrl =
  | (Pick<UrlOptions, "audioTrack"> & {
      readonly kind: "manifest";
      readonly file: string;
      readonly format: StreamingFormat;
    })
  | { readonly kind: "steering"; readonly file: string }
  | (QualityUrl & { readonly kind: "playlist" })
  | (QualityUrl & { readonly kind: "fragment"; readonly time: number | "init" })
  | { readonly kind: "file"; readonly file: string; readonly contentType: string };

/** What a URL below `QualityLevels(b)` names. */
export interface QualityUrl extends UrlOptions {
  readonly file: string;
  readonly bitrate: number;
  readonly stream: string;
  readonly format: StreamingFormat;
}

const MANIFEST = /^manifest(?:\(([^()]*)\))?(?:\.[a-z0-9]+)?$/i;
const QUALITY = /^qualitylevels\((\d{1,15})\)\/(manifest|fragments)\(([^()]*)\)(?:\.[a-z0-9]+)?$/i;
const SERVER_MANIFEST = /^(.+?\.ism)(?:\/(.*))?$/i;

/** Files of an asset that are served as they are, by extension. */
const DOWNLOADS: Readonly<Record<string, string>> = {
  mp4: "video/mp4",
  m4v: "video/mp4",
  m4a: "audio/mp4",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  vtt: "text/vtt; charset=utf-8",
};

/**
 * Reads the part of a streaming URL that follows the locator. Keywords may be in any letter case, as in
 * Media Services; file names may not. A file extension after the last parenthesis is passed over.
 *
 * @param path - Percent-decoded, without a slash in front.
 * @throws NotFoundError when nothing of that form exists.
 * @throws InvalidInputError when the form is known but not what it says.
 */
export function parseMediaUrl(path: string): MediaUrl {
  const [, file, rest] = SERVER_MANIFEST.exec(path) ?? [];
  const name = file ?? path;
  if (!isAssetFileName(name)) throw new InvalidInputError("the URL names no file of an asset");
  if (file === undefined) return parseDownload(name);
  if (rest === undefined || rest === "") {
    throw new NotFoundError(
      `'${file}' is played by its manifest: append /manifest(format=m3u8-cmaf) or /manifest(format=mpd-time-cmaf)`,
    );
  }
  return parseBelow(file, rest);
}

/** What follows the server manifest's name. */
function parseBelow(file: string, rest: string): MediaUrl {
  if (rest.toLowerCase() === STEERING_RESOURCE) return { kind: "steering", file };
  const manifest = MANIFEST.exec(rest);
  if (manifest) return parseManifest(file, manifest[1]);
  const quality = QUALITY.exec(rest);
  if (quality) return parseQuality(file, quality);
  throw new NotFoundError(
    `there is no '${rest}': a manifest is asked for as 'manifest(format=...)', a segment as 'QualityLevels(...)/Fragments(...)'`,
  );
}

function parseManifest(file: string, list: string | undefined): MediaUrl {
  const { format, audioTrack } = readUrlArguments(list);
  return { kind: "manifest", file, format, ...(audioTrack === undefined ? {} : { audioTrack }) };
}

function parseDownload(file: string): MediaUrl {
  const extension = /\.([a-z0-9]+)$/i.exec(file)?.[1]?.toLowerCase() ?? "";
  const contentType = DOWNLOADS[extension];
  if (contentType === undefined) throw new NotFoundError(`'${file}' is not a file that is served`);
  return { kind: "file", file, contentType };
}

function parseQuality(file: string, match: RegExpExecArray): MediaUrl {
  const [, bitrate = "", what = "", list] = match;
  const { first, ...options } = readUrlArguments(list);
  const [stream, value] = first;
  const quality = { file, bitrate: Number(bitrate), stream, ...options };
  if (what.toLowerCase() === "manifest") return { kind: "playlist", ...quality };
  if (value === "i") return { kind: "fragment", ...quality, time: "init" };
  if (!/^\d{1,16}$/.test(value)) {
    throw new InvalidInputError(`'${value}' is no time: 'Fragments(${stream}=T,...)' needs 100 ns`);
  }
  return { kind: "fragment", ...quality, time: Number(value) };
}
