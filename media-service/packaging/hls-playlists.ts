import { deliveredSegments, segmentsTogether, soundFor } from "./delivered-segments";
import { type DeliveryForm, pictureSize } from "./delivery-form";
import { fragmentName, mediaPlaylistName, qualityPath, type UrlOptions } from "./fragment-url";
import { hlsBandwidth } from "./hls-bandwidth";
import { languageTag } from "./language-tag";
import type { Presentation, Quality, Stream } from "./presentation";
import { SUBTITLES_GROUP, subtitlesLine } from "./text/hls-text";
import { TICKS_PER_SECOND } from "./time";

const AUDIO_GROUP = "audio";

/** What a playlist is written of. */
export interface PlaylistContext {
  readonly presentation: Presentation;
  readonly form: DeliveryForm;
  readonly options: UrlOptions;
}

/** The multivariant playlist (RFC 8216, 4.3.4): one variant for each video quality. */
export function renderHlsMaster(
  presentation: Presentation,
  form: DeliveryForm,
  options: Pick<UrlOptions, "audioTrack"> = {},
): string {
  const context = { presentation, form, options };
  const video = presentation.streams.find(({ kind }) => kind === "video");
  const audio = presentation.streams.filter(({ kind }) => kind === "audio");
  const lines = ["#EXTM3U", `#EXT-X-VERSION:${versionOf(form)}`, "#EXT-X-INDEPENDENT-SEGMENTS"];
  if (!video) {
    const [stream] = audio;
    for (const quality of stream?.qualities ?? []) {
      if (stream) lines.push(...variantLines(context, stream, quality));
    }
    return [...lines, ""].join("\n");
  }
  if (form.sound === "apart") {
    lines.push(...audio.map((stream, index) => renditionLine(stream, index === 0, form)));
  }
  lines.push(...presentation.texts.map((text) => subtitlesLine(text, form)));
  for (const quality of video.qualities) lines.push(...variantLines(context, video, quality));
  // Players of version 3 know no playlists of key frames.
  if (form.sound === "apart") {
    lines.push(...video.qualities.map((quality) => keyFramesLine(video, quality, form)));
  }
  return [...lines, ""].join("\n");
}

/** EXT-X-MAP outside of I-frame playlists needs 6, and CMAF is asked for with 7 (RFC 8216, 7). */
function versionOf({ container, sound }: DeliveryForm): number {
  if (container === "cmaf") return 7;
  return sound === "apart" ? 4 : 3;
}

/** A stream of sound as a rendition, in its best quality: a group holds each sound once. */
function renditionLine(stream: Stream, isDefault: boolean, form: DeliveryForm): string {
  const [quality] = stream.qualities;
  const language = languageTag(stream.language);
  return `#EXT-X-MEDIA:${[
    "TYPE=AUDIO",
    `GROUP-ID="${AUDIO_GROUP}"`,
    `NAME="${stream.name}"`,
    ...(language === undefined ? [] : [`LANGUAGE="${language}"`]),
    `DEFAULT=${isDefault ? "YES" : "NO"}`,
    "AUTOSELECT=YES",
    `CHANNELS="${quality.track.header.entry.channels}"`,
    `URI="${qualityPath(quality)}/${mediaPlaylistName(stream, form)}"`,
  ].join(",")}`;
}

function variantLines(
  { presentation, form, options }: PlaylistContext,
  stream: Stream,
  quality: Quality,
): string[] {
  const { entry } = quality.track.header;
  const grouped = stream.kind === "video" && form.sound === "apart";
  const muxed = soundFor(presentation, stream, { ...form, ...options });
  const sound = [
    ...(muxed ? [muxed.quality] : []),
    ...(grouped
      ? presentation.streams.filter(({ kind }) => kind === "audio").map((one) => one.qualities[0])
      : []),
  ];
  const codecs = [...new Set([entry.codec, ...sound.map(({ track }) => track.header.entry.codec)])];
  const { peak, average } = hlsBandwidth(quality, sound, form);
  const attributes = [
    `BANDWIDTH=${peak}`,
    // Version 3 has no such attribute, and its players pass over it.
    `AVERAGE-BANDWIDTH=${average}`,
    `CODECS="${codecs.join(",")}"`,
  ];
  if (stream.kind === "video") attributes.push(`RESOLUTION=${resolution(quality, form)}`);
  const { frameRate } = quality.track;
  if (frameRate > 0) attributes.push(`FRAME-RATE=${frameRate.toFixed(3)}`);
  if (grouped && sound.length > 0) attributes.push(`AUDIO="${AUDIO_GROUP}"`);
  if (stream.kind === "video" && presentation.texts.length > 0) {
    attributes.push(`SUBTITLES="${SUBTITLES_GROUP}"`);
  }
  return [
    `#EXT-X-STREAM-INF:${attributes.join(",")}`,
    `${qualityPath(quality)}/${mediaPlaylistName(stream, { ...form, ...options })}`,
  ];
}

function resolution({ track }: Quality, { container }: DeliveryForm): string {
  const { width, height } = pictureSize(track.header, container);
  return `${width}x${height}`;
}

/** A quality's key frames, to wind through (RFC 8216, 4.3.4.3). No key frame is larger than its segment. */
function keyFramesLine(stream: Stream, quality: Quality, form: DeliveryForm): string {
  const { entry } = quality.track.header;
  return `#EXT-X-I-FRAME-STREAM-INF:${[
    `BANDWIDTH=${hlsBandwidth(quality, [], form).peak}`,
    `CODECS="${entry.codec}"`,
    `RESOLUTION=${resolution(quality, form)}`,
    `URI="${qualityPath(quality)}/${mediaPlaylistName(stream, { ...form, keyFrames: true })}"`,
  ].join(",")}`;
}

/**
 * The media playlist of a quality (RFC 8216, 4.3.3); its URLs are relative to the quality's path.
 *
 * Key frames are segments of their own, not byte ranges of the others: where a key frame ends in a file
 * would have to be read from every segment of it before the first line could be written.
 */
export function renderHlsMedia(
  { presentation, form, options }: PlaylistContext,
  stream: Stream,
  quality: Quality,
): string {
  const { keyFrames = false } = options;
  const together = segmentsTogether(presentation, form, keyFrames);
  const segments = deliveredSegments(quality.track, together);
  const longest = Math.max(...segments.map(({ duration }) => duration));
  return [
    "#EXTM3U",
    `#EXT-X-VERSION:${versionOf(form)}`,
    "#EXT-X-PLAYLIST-TYPE:VOD",
    `#EXT-X-TARGETDURATION:${Math.ceil(longest / TICKS_PER_SECOND)}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-INDEPENDENT-SEGMENTS",
    ...(keyFrames ? ["#EXT-X-I-FRAMES-ONLY"] : []),
    ...(form.container === "cmaf" ? [`#EXT-X-MAP:URI="${fragmentName(stream, "i", form)}"`] : []),
    ...segments.flatMap(({ time, duration }) => [
      `#EXTINF:${(duration / TICKS_PER_SECOND).toFixed(6)},`,
      fragmentName(stream, time, { ...form, ...options }),
    ]),
    "#EXT-X-ENDLIST",
    "",
  ].join("\n");
}
