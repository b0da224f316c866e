import { fragmentName } from "./fragment-url";
import { languageTag } from "./language-tag";
import type { Presentation, Quality, Stream } from "./presentation";
import { TICKS_PER_SECOND } from "./time";
import { timelineOf } from "./timeline";
import { escapeXml } from "./xml";

const CHANNEL_SCHEME = "urn:mpeg:dash:23003:3:audio_channel_configuration:2011";
/** Two segments: enough for a client to begin with. */
const MIN_BUFFER = "PT4S";

/** The media presentation description (ISO/IEC 23009-1, 5): live profile, one period, static. */
export function renderDashManifest(presentation: Presentation, format: string): string {
  const duration = (presentation.durationTicks / TICKS_PER_SECOND).toFixed(3);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" mediaPresentationDuration="PT${duration}S" minBufferTime="${MIN_BUFFER}">`,
    '  <Period id="0" start="PT0S">',
    ...presentation.streams.flatMap((stream, index) => adaptationSet(stream, index + 1, format)),
    "  </Period>",
    "</MPD>",
    "",
  ].join("\n");
}

function adaptationSet(stream: Stream, id: number, format: string): string[] {
  const templates = stream.qualities.map((quality) => segmentTemplate(stream, quality, format));
  const [shared] = templates;
  const aligned = templates.every((template) => template === shared);
  const language = languageTag(stream.language);
  const attributes = [
    `id="${id}" contentType="${stream.kind}" mimeType="${stream.kind}/mp4" startWithSAP="1"`,
    ...(aligned ? ['segmentAlignment="true"'] : []),
    ...(stream.kind === "audio" && language !== undefined ? [`lang="${language}"`] : []),
  ];
  return [
    `    <AdaptationSet ${attributes.join(" ")}>`,
    ...(stream.kind === "audio" ? [`      <Label>${escapeXml(stream.name)}</Label>`] : []),
    ...(aligned && shared !== undefined ? [shared] : []),
    ...stream.qualities.map((quality, index) =>
      representation(stream, quality, {
        id: `${id}_${index + 1}`,
        template: aligned ? undefined : templates[index],
      }),
    ),
    "    </AdaptationSet>",
  ];
}

/** `$Bandwidth$` puts each representation's own rate into the path. */
function segmentTemplate(stream: Stream, { track }: Quality, format: string): string {
  const url = (time: "i" | "$Time$"): string =>
    `QualityLevels($Bandwidth$)/${fragmentName(stream, time, format)}`;
  const runs = timelineOf(track.segments).map(({ time, duration, count }, index) => {
    const start = index === 0 ? ` t="${time}"` : "";
    const repeat = count > 1 ? ` r="${count - 1}"` : "";
    return `<S${start} d="${duration}"${repeat}/>`;
  });
  return [
    `      <SegmentTemplate timescale="${TICKS_PER_SECOND}" media="${url("$Time$")}" initialization="${url("i")}">`,
    `        <SegmentTimeline>${runs.join("")}</SegmentTimeline>`,
    "      </SegmentTemplate>",
  ].join("\n");
}

function representation(
  stream: Stream,
  { bitrate, track }: Quality,
  { id, template }: { id: string; template: string | undefined },
): string {
  const { entry } = track.header;
  const shape =
    stream.kind === "video"
      ? `width="${entry.width}" height="${entry.height}" frameRate="${frameRate(track.frameRate)}"`
      : `audioSamplingRate="${entry.sampleRate}"`;
  const channels =
    stream.kind === "audio"
      ? `<AudioChannelConfiguration schemeIdUri="${CHANNEL_SCHEME}" value="${entry.channels}"/>`
      : "";
  return [
    `      <Representation id="${id}" bandwidth="${bitrate}" codecs="${entry.codec}" ${shape}>`,
    ...(channels === "" ? [] : [`        ${channels}`]),
    ...(template === undefined ? [] : [template]),
    "      </Representation>",
  ].join("\n");
}

/** Whole or as a fraction of 1000, or of 1001 as television counts (ISO/IEC 23009-1, 5.3.7.2). */
function frameRate(framesPerSecond: number): string {
  const whole = Math.round(framesPerSecond);
  if (Math.abs(framesPerSecond - whole) < 0.001) return String(whole);
  if (Math.abs(framesPerSecond - (whole * 1000) / 1001) < 0.002) return `${whole * 1000}/1001`;
  return `${Math.round(framesPerSecond * 1000)}/1000`;
}
