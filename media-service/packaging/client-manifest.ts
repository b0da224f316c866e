import { CorruptError } from "../domain/errors";
import type { Presentation, Quality, Stream } from "./presentation";
import { TICKS_PER_SECOND } from "./time";
import { timelineOf } from "./timeline";
import { escapeXml } from "./xml";

/** Codec names of Smooth Streaming by the sample entry's name ([MS-SSTR] 2.2.2.5). */
const FOUR_CC: Readonly<Record<string, string>> = {
  avc1: "H264",
  avc3: "H264",
  hvc1: "HVC1",
  hev1: "HEV1",
  mp4a: "AACL",
};

/**
 * Writes the client manifest (`.ismc`, [MS-SSTR] 2.2.2) that lies beside an asset's `.ism`.
 *
 * @throws CorruptError when a track's codec has no name in Smooth Streaming.
 */
export function renderClientManifest({ streams, durationTicks }: Presentation): string {
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<SmoothStreamingMedia MajorVersion="2" MinorVersion="2" Duration="${durationTicks}" TimeScale="${TICKS_PER_SECOND}">`,
    ...streams.flatMap(streamIndex),
    "</SmoothStreamingMedia>",
    "",
  ].join("\n");
}

function streamIndex(stream: Stream): string[] {
  const { kind, name, language, qualities } = stream;
  const { segments } = qualities[0].track;
  const attributes = [
    `Type="${kind}" Name="${escapeXml(name)}" Language="${escapeXml(language)}"`,
    `Chunks="${segments.length}" QualityLevels="${qualities.length}"`,
    `Url="QualityLevels({bitrate})/Fragments(${escapeXml(name)}={start time})"`,
  ];
  return [
    `  <StreamIndex ${attributes.join(" ")}>`,
    ...qualities.map((quality, index) => `    ${qualityLevel(kind, quality, index)}`),
    ...timelineOf(segments).map(({ time, duration, count }, index) => {
      const start = index === 0 ? ` t="${time}"` : "";
      const repeat = count > 1 ? ` r="${count}"` : "";
      return `    <c${start} d="${duration}"${repeat} />`;
    }),
    "  </StreamIndex>",
  ];
}

function qualityLevel(kind: Stream["kind"], { bitrate, track }: Quality, index: number): string {
  const { entry } = track.header;
  const fourCc = FOUR_CC[entry.codec.split(".")[0] ?? ""];
  if (fourCc === undefined) {
    throw new CorruptError(`codec '${entry.codec}' has no name in a client manifest`);
  }
  const shape =
    kind === "video"
      ? `MaxWidth="${entry.width}" MaxHeight="${entry.height}"`
      : `AudioTag="255" BitsPerSample="16" PacketSize="${entry.channels * 2}" Channels="${entry.channels}" SamplingRate="${entry.sampleRate}"`;
  const decoder = entry.codecPrivateData.toString("hex").toUpperCase();
  return `<QualityLevel Index="${index}" Bitrate="${bitrate}" FourCC="${fourCc}" ${shape} CodecPrivateData="${decoder}" />`;
}
