import { fragmentName, mediaPlaylistName, qualityPath } from "./fragment-url";
import { languageTag } from "./language-tag";
import type { Presentation, Quality, Stream } from "./presentation";
import { TICKS_PER_SECOND } from "./time";

/** EXT-X-MAP outside of I-frame playlists needs 6, and CMAF is asked for with 7 (RFC 8216, 7). */
const VERSION = 7;
const AUDIO_GROUP = "audio";
/** What `moof` and `mdat` headers add to the media, at most, for 50 frames a second at low rates. */
const PACKAGING_OVERHEAD = 1.02;

/** The multivariant playlist (RFC 8216, 4.3.4): one variant for each video quality. */
export function renderHlsMaster(presentation: Presentation, format: string): string {
  const video = presentation.streams.find(({ kind }) => kind === "video");
  const audio = presentation.streams.filter(({ kind }) => kind === "audio");
  const lines = ["#EXTM3U", `#EXT-X-VERSION:${VERSION}`, "#EXT-X-INDEPENDENT-SEGMENTS"];
  if (!video) {
    const variants = audio
      .slice(0, 1)
      .flatMap((stream) =>
        stream.qualities.flatMap((quality) => variantLines(stream, quality, { audio: [], format })),
      );
    return [...lines, ...variants, ""].join("\n");
  }
  lines.push(...audio.map((stream, index) => renditionLine(stream, index === 0, format)));
  for (const quality of video.qualities)
    lines.push(...variantLines(video, quality, { audio, format }));
  return [...lines, ""].join("\n");
}

/** A stream of sound as a rendition, in its best quality: a group holds each sound once. */
function renditionLine(stream: Stream, isDefault: boolean, format: string): string {
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
    `URI="${qualityPath(quality)}/${mediaPlaylistName(stream, format)}"`,
  ].join(",")}`;
}

function variantLines(
  stream: Stream,
  quality: Quality,
  { audio, format }: { audio: readonly Stream[]; format: string },
): string[] {
  const { entry } = quality.track.header;
  const sound = audio.map(({ qualities }) => qualities[0]);
  const peak = quality.peakBitrate + Math.max(0, ...sound.map(({ peakBitrate }) => peakBitrate));
  const average = quality.bitrate + Math.max(0, ...sound.map(({ bitrate }) => bitrate));
  const codecs = [...new Set([entry.codec, ...sound.map(({ track }) => track.header.entry.codec)])];
  const attributes = [
    `BANDWIDTH=${Math.ceil(Math.max(peak, average) * PACKAGING_OVERHEAD)}`,
    `AVERAGE-BANDWIDTH=${Math.ceil(average * PACKAGING_OVERHEAD)}`,
    `CODECS="${codecs.join(",")}"`,
  ];
  if (stream.kind === "video") attributes.push(`RESOLUTION=${entry.width}x${entry.height}`);
  const { frameRate } = quality.track;
  if (frameRate > 0) attributes.push(`FRAME-RATE=${frameRate.toFixed(3)}`);
  if (audio.length > 0) attributes.push(`AUDIO="${AUDIO_GROUP}"`);
  return [
    `#EXT-X-STREAM-INF:${attributes.join(",")}`,
    `${qualityPath(quality)}/${mediaPlaylistName(stream, format)}`,
  ];
}

/** The media playlist of a quality (RFC 8216, 4.3.3); its URLs are relative to the quality's path. */
export function renderHlsMedia(stream: Stream, quality: Quality, format: string): string {
  const { segments } = quality.track;
  const longest = Math.max(...segments.map(({ duration }) => duration));
  return [
    "#EXTM3U",
    `#EXT-X-VERSION:${VERSION}`,
    "#EXT-X-PLAYLIST-TYPE:VOD",
    `#EXT-X-TARGETDURATION:${Math.ceil(longest / TICKS_PER_SECOND)}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-INDEPENDENT-SEGMENTS",
    `#EXT-X-MAP:URI="${fragmentName(stream, "i", format)}"`,
    ...segments.flatMap(({ time, duration }) => [
      `#EXTINF:${(duration / TICKS_PER_SECOND).toFixed(6)},`,
      fragmentName(stream, time, format),
    ]),
    "#EXT-X-ENDLIST",
    "",
  ].join("\n");
}
