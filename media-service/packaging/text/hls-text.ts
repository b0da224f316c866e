import { mediaPlaylistName, qualityPath } from "../fragment-url";
import type { DeliveryForm } from "../delivery-form";
import { languageTag } from "../language-tag";
import { TICKS_PER_SECOND } from "../time";
import { TS_START_TIME } from "../ts-segment";
import { segmentName, textSegments } from "./text-segments";
import type { TextStream } from "./text-stream";
import { renderWebVtt } from "./webvtt";

/** The group that variants name. */
export const SUBTITLES_GROUP = "subtitles";
/** What captions are to those who hear badly (HLS Authoring Specification for Apple Devices, 5.2). */
const CAPTIONS = ["transcribes-spoken-dialog", "describes-music-and-sound"]
  .map((name) => `public.accessibility.${name}`)
  .join(",");
const TICKS_PER_MILLISECOND = TICKS_PER_SECOND / 1000;

/** Subtitles as a rendition (RFC 8216, 4.3.4.1): offered, and shown to those who ask for the language. */
export function subtitlesLine(text: TextStream, form: DeliveryForm): string {
  const language = languageTag(text.language);
  return `#EXT-X-MEDIA:${[
    "TYPE=SUBTITLES",
    `GROUP-ID="${SUBTITLES_GROUP}"`,
    `NAME="${text.title.replace(/["\r\n]/g, "'")}"`,
    ...(language === undefined ? [] : [`LANGUAGE="${language}"`]),
    "DEFAULT=NO",
    "AUTOSELECT=YES",
    "FORCED=NO",
    ...(text.isCaption ? [`CHARACTERISTICS="${CAPTIONS}"`] : []),
    `URI="${qualityPath(text)}/${mediaPlaylistName(text, form)}"`,
  ].join(",")}`;
}

/** The playlist of subtitles: WebVTT in segments (RFC 8216, 3.5). */
export function renderTextPlaylist(
  text: TextStream,
  durationTicks: number,
  form: DeliveryForm,
): string {
  const segments = textSegments(durationTicks);
  const longest = Math.max(...segments.map(({ duration }) => duration));
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:3",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    `#EXT-X-TARGETDURATION:${Math.ceil(longest / TICKS_PER_SECOND)}`,
    "#EXT-X-MEDIA-SEQUENCE:0",
    ...segments.flatMap(({ time, duration }) => [
      `#EXTINF:${(duration / TICKS_PER_SECOND).toFixed(6)},`,
      segmentName(text, time, form),
    ]),
    "#EXT-X-ENDLIST",
    "",
  ].join("\n");
}

/**
 * A segment of subtitles: every cue that is shown in it, with the times of the whole.
 *
 * @returns undefined when none begins at that time.
 */
export function renderTextSegment(
  { cues }: TextStream,
  { time, durationTicks }: { time: number; durationTicks: number },
  { container }: DeliveryForm,
): string | undefined {
  const segment = textSegments(durationTicks).find((one) => one.time === time);
  if (!segment) return undefined;
  const from = time / TICKS_PER_MILLISECOND;
  const to = from + segment.duration / TICKS_PER_MILLISECOND;
  // The clock of MPEG-TS begins later than the media; cue times count from the media's beginning.
  const begins = container === "mpeg-ts" ? TS_START_TIME : 0;
  return renderWebVtt(
    cues.filter(({ start, end }) => start < to && end > from),
    [`X-TIMESTAMP-MAP=MPEGTS:${begins},LOCAL:00:00:00.000`],
  );
}
