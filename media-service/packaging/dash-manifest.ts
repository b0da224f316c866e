import type { DeliveryForm } from "./delivery-form";
import { fragmentName } from "./fragment-url";
import { languageTag } from "./language-tag";
import type { Presentation, Quality, Stream } from "./presentation";
import { textAdaptationSet } from "./text/dash-text";
import { TICKS_PER_SECOND } from "./time";
import { timelineOf } from "./timeline";
import { escapeXml } from "./xml";

const LIVE_PROFILE = "urn:mpeg:dash:profile:isoff-live:2011";
const CMAF_PROFILE = "urn:mpeg:dash:profile:cmaf:2019";
const CHANNEL_SCHEME = "urn:mpeg:dash:23003:3:audio_channel_configuration:2011";
const ROLE_SCHEME = "urn:mpeg:dash:role:2011";
/** DASH-IF IOP, 3.2.9: pictures to wind through, of the adaptation set that the value names. */
const TRICK_MODE_SCHEME = "http://dashif.org/guidelines/trickmode";
/** Two segments: enough for a client to begin with. */
const MIN_BUFFER = "PT4S";
const CSF = "mpd-time-csf";

/** A list of representations that replace each other. */
interface AdaptationSet {
  readonly stream: Stream;
  readonly form: DeliveryForm;
  readonly id: number;
  readonly role: "main" | "alternate";
  /** Id of the set whose key frames these are. */
  readonly keyFramesOf?: number;
}

/** The media presentation description (ISO/IEC 23009-1, 5): live profile, one period, static. */
export function renderDashManifest(presentation: Presentation, form: DeliveryForm): string {
  const duration = (presentation.durationTicks / TICKS_PER_SECOND).toFixed(3);
  const sets = adaptationSets(presentation, form);
  // The older form is for players that know no profile but the first.
  const profiles = form.name === CSF ? LIVE_PROFILE : `${LIVE_PROFILE},${CMAF_PROFILE}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="${profiles}" type="static" mediaPresentationDuration="PT${duration}S" minBufferTime="${MIN_BUFFER}">`,
    '  <Period id="0" start="PT0S">',
    ...sets.flatMap(renderSet),
    ...presentation.texts.flatMap((text, index) =>
      textAdaptationSet(text, sets.length + index + 1, form),
    ),
    "  </Period>",
    "</MPD>",
    "",
  ].join("\n");
}

function adaptationSets({ streams }: Presentation, form: DeliveryForm): AdaptationSet[] {
  const kinds = new Set<string>();
  const sets = streams.map((stream, index): AdaptationSet => {
    const role = kinds.has(stream.kind) ? "alternate" : "main";
    kinds.add(stream.kind);
    return { stream, form, id: index + 1, role };
  });
  const video = sets.find(({ stream }) => stream.kind === "video");
  if (!video || form.name === CSF) return sets;
  return [...sets, { ...video, id: sets.length + 1, keyFramesOf: video.id }];
}

function renderSet(set: AdaptationSet): string[] {
  const { stream } = set;
  const templates = stream.qualities.map((quality) => segmentTemplate(set, quality));
  const [shared] = templates;
  const aligned = templates.every((template) => template === shared);
  return [
    `    <AdaptationSet ${attributesOf(set, aligned).join(" ")}>`,
    ...(set.keyFramesOf === undefined
      ? []
      : [
          `      <EssentialProperty schemeIdUri="${TRICK_MODE_SCHEME}" value="${set.keyFramesOf}"/>`,
        ]),
    ...(stream.kind === "audio" ? [`      <Label>${escapeXml(stream.name)}</Label>`] : []),
    `      <Role schemeIdUri="${ROLE_SCHEME}" value="${set.role}"/>`,
    ...(aligned && shared !== undefined ? [shared] : []),
    ...stream.qualities.map((quality, index) =>
      representation(set, quality, {
        id: `${set.id}_${index + 1}`,
        template: aligned ? undefined : templates[index],
      }),
    ),
    "    </AdaptationSet>",
  ];
}

function attributesOf({ stream, id }: AdaptationSet, aligned: boolean): string[] {
  const language = languageTag(stream.language);
  const entries = stream.qualities.map(({ track }) => track.header.entry);
  return [
    `id="${id}" contentType="${stream.kind}" mimeType="${stream.kind}/mp4"`,
    ...(stream.kind === "audio" && language !== undefined ? [`lang="${language}"`] : []),
    ...(stream.kind === "video"
      ? [
          `maxWidth="${Math.max(...entries.map(({ width }) => width))}"`,
          `maxHeight="${Math.max(...entries.map(({ height }) => height))}"`,
        ]
      : []),
    ...(aligned ? ['segmentAlignment="true"'] : []),
    'startWithSAP="1"',
  ];
}

/** `$Bandwidth$` puts each representation's own rate into the path. */
function segmentTemplate({ stream, form, keyFramesOf }: AdaptationSet, { track }: Quality): string {
  const keyFrames = keyFramesOf !== undefined;
  const path = "QualityLevels($Bandwidth$)";
  const media = `${path}/${fragmentName(stream, "$Time$", { ...form, keyFrames })}`;
  const initialization = `${path}/${fragmentName(stream, "i", form)}`;
  const runs = timelineOf(track.segments).map(({ time, duration, count }, index) => {
    const start = index === 0 ? ` t="${time}"` : "";
    const repeat = count > 1 ? ` r="${count - 1}"` : "";
    return `<S${start} d="${duration}"${repeat}/>`;
  });
  return [
    `      <SegmentTemplate timescale="${TICKS_PER_SECOND}" media="${media}" initialization="${initialization}">`,
    `        <SegmentTimeline>${runs.join("")}</SegmentTimeline>`,
    "      </SegmentTemplate>",
  ].join("\n");
}

function representation(
  { stream, keyFramesOf }: AdaptationSet,
  { bitrate, track }: Quality,
  { id, template }: { id: string; template: string | undefined },
): string {
  const { entry } = track.header;
  const shape =
    stream.kind === "audio"
      ? `audioSamplingRate="${entry.sampleRate}"`
      : `width="${entry.width}" height="${entry.height}" ${keyFramesOf === undefined ? `frameRate="${frameRate(track.frameRate)}"` : trickPlay(track)}`;
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

/** How fast key frames alone can be shown, at the frame rate of the whole: each lasts a segment. */
function trickPlay({ frameRate: framesPerSecond, segments }: Quality["track"]): string {
  const ticks = segments.reduce((sum, { duration }) => sum + duration, 0) / segments.length;
  const rate = Math.max(1, Math.floor((ticks / TICKS_PER_SECOND) * framesPerSecond));
  return `codingDependency="false" maxPlayoutRate="${rate}"`;
}

/** Whole or as a fraction of 1000, or of 1001 as television counts (ISO/IEC 23009-1, 5.3.7.2). */
function frameRate(framesPerSecond: number): string {
  const whole = Math.round(framesPerSecond);
  if (Math.abs(framesPerSecond - whole) < 0.001) return String(whole);
  if (Math.abs(framesPerSecond - (whole * 1000) / 1001) < 0.002) return `${whole * 1000}/1001`;
  return `${Math.round(framesPerSecond * 1000)}/1000`;
}
