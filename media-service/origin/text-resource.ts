import { NotFoundError } from "../domain/errors";
import { renderTextPlaylist, renderTextSegment } from "../packaging/text/hls-text";
import type { TextStream } from "../packaging/text/text-stream";
import { renderWebVtt } from "../packaging/text/webvtt";
import { BRIEFLY, KEEP } from "./cache-control";
import { entityTag } from "./content-tag";
import type { MediaUrl, QualityUrl } from "./media-url";
import type { OpenPresentation } from "./presentation-library";
import type { Resource } from "./send-resource";

const VTT = "text/vtt; charset=utf-8";
const PLAYLIST = "application/vnd.apple.mpegurl";

/** The playlist of a text stream; undefined when the URL names no text. */
export function textPlaylistOf(
  opened: OpenPresentation,
  url: MediaUrl & { kind: "playlist" },
): Resource | undefined {
  const text = findText(opened, url);
  if (!text) return undefined;
  if (url.format.protocol !== "hls") {
    throw new NotFoundError(`${url.format.title} has one manifest for all qualities`);
  }
  const { durationTicks } = opened.presentation;
  return {
    etag: entityTag(opened.tag, "text playlist", url.format.name, text.name),
    contentType: PLAYLIST,
    cacheControl: BRIEFLY,
    body: () => Promise.resolve(Buffer.from(renderTextPlaylist(text, durationTicks, url.format))),
  };
}

/** A segment of text, or the whole; undefined when the URL names no text. */
export function textFragmentOf(
  opened: OpenPresentation,
  url: MediaUrl & { kind: "fragment" },
): Resource | undefined {
  const text = findText(opened, url);
  if (!text) return undefined;
  const { time, format } = url;
  const { durationTicks } = opened.presentation;
  const content =
    time === "init"
      ? renderWebVtt(text.cues)
      : renderTextSegment(text, { time, durationTicks }, format);
  if (content === undefined) {
    throw new NotFoundError(`no segment of '${text.name}' begins at ${time}`);
  }
  return {
    etag: entityTag(opened.tag, "text", format.container, text.name, time),
    contentType: VTT,
    cacheControl: KEEP,
    body: () => Promise.resolve(Buffer.from(content)),
  };
}

function findText(
  { presentation }: OpenPresentation,
  { stream, bitrate }: QualityUrl,
): TextStream | undefined {
  const text = presentation.texts.find(({ name }) => name.toLowerCase() === stream.toLowerCase());
  if (text && text.bitrate !== bitrate) {
    throw new NotFoundError(`'${text.name}' has no quality of ${bitrate} bits a second`);
  }
  return text;
}
