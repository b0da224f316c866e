import { CorruptError } from "../domain/errors";
import { pictureSize } from "./delivery-form";
import { fragmentName } from "./fragment-url";
import type { Presentation, Quality, Stream } from "./presentation";
import { smoothFourCc } from "./smooth-codecs";
import { TICKS_PER_SECOND } from "./time";
import { timelineOf } from "./timeline";
import { escapeXml } from "./xml";

/** The older form, whose readers know no repeated chunks. */
const WITHOUT_REPEATS = "fmp4-v20";

/**
 * Writes a client manifest of Smooth Streaming ([MS-SSTR] 2.2.2): what players ask for, and the `.ismc`
 * that lies beside an asset's `.ism`.
 *
 * @param format - As URLs spell it; empty for the newer form, whose URLs name none.
 * @throws CorruptError when a track's codec has no name in Smooth Streaming.
 */
export function renderClientManifest(
  { streams, durationTicks }: Presentation,
  format = "",
): string {
  const minor = format === WITHOUT_REPEATS ? 0 : 2;
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<SmoothStreamingMedia MajorVersion="2" MinorVersion="${minor}" Duration="${durationTicks}" TimeScale="${TICKS_PER_SECOND}">`,
    ...streams.flatMap((stream) => streamIndex(stream, format)),
    "</SmoothStreamingMedia>",
    "",
  ].join("\n");
}

function streamIndex(stream: Stream, format: string): string[] {
  const { kind, name, language } = stream;
  const { segments } = stream.qualities[0].track;
  const qualities = alignedQualities(stream);
  const url = fragmentName(stream, "{start time}", { name: format, container: "smooth" });
  const attributes = [
    `Type="${kind}" Name="${escapeXml(name)}" Language="${escapeXml(language)}"`,
    `Chunks="${segments.length}" QualityLevels="${qualities.length}"`,
    ...(kind === "video" ? [largest(qualities)] : []),
    `Url="QualityLevels({bitrate})/${escapeXml(url)}"`,
  ];
  return [
    `  <StreamIndex ${attributes.join(" ")}>`,
    ...qualities.map((quality, index) => `    ${qualityLevel(kind, quality, index)}`),
    ...chunks(stream, format === WITHOUT_REPEATS),
    "  </StreamIndex>",
  ];
}

/** One list of chunks holds for all qualities: those that are cut otherwise have no place. */
function alignedQualities({ qualities }: Stream): Quality[] {
  const cuts = ({ track }: Quality): string => JSON.stringify(timelineOf(track.segments));
  const first = cuts(qualities[0]);
  return qualities.filter((quality) => cuts(quality) === first);
}

function largest(qualities: readonly Quality[]): string {
  const sizes = qualities.map(({ track }) => pictureSize(track.header, "smooth"));
  const width = Math.max(...sizes.map((size) => size.width));
  const height = Math.max(...sizes.map((size) => size.height));
  return `MaxWidth="${width}" MaxHeight="${height}" DisplayWidth="${width}" DisplayHeight="${height}"`;
}

function chunks({ qualities }: Stream, oneByOne: boolean): string[] {
  const { segments } = qualities[0].track;
  const runs = oneByOne ? segments.map((one) => ({ ...one, count: 1 })) : timelineOf(segments);
  return runs.map(({ time, duration, count }, index) => {
    const start = index === 0 ? ` t="${time}"` : "";
    const repeat = count > 1 ? ` r="${count}"` : "";
    return `    <c${start} d="${duration}"${repeat} />`;
  });
}

function qualityLevel(kind: Stream["kind"], { bitrate, track }: Quality, index: number): string {
  const { entry } = track.header;
  const fourCc = smoothFourCc(entry);
  if (fourCc === undefined) {
    throw new CorruptError(`codec '${entry.codec}' has no name in a client manifest`);
  }
  const { width, height } = pictureSize(track.header, "smooth");
  const shape =
    kind === "video"
      ? `MaxWidth="${width}" MaxHeight="${height}"`
      : `AudioTag="255" BitsPerSample="16" PacketSize="${entry.channels * 2}" Channels="${entry.channels}" SamplingRate="${entry.sampleRate}"`;
  const decoder = entry.codecPrivateData.toString("hex").toUpperCase();
  return `<QualityLevel Index="${index}" Bitrate="${bitrate}" FourCC="${fourCc}" ${shape} CodecPrivateData="${decoder}" />`;
}
