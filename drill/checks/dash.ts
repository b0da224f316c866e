import { XMLParser } from "fast-xml-parser";
import type { ListedSegment } from "./hls";

interface Template {
  "@timescale"?: string;
  "@media"?: string;
  "@initialization"?: string;
  "@startNumber"?: string;
  SegmentTimeline?: { S: { "@t"?: string; "@d": string; "@r"?: string }[] }[];
}
interface Representation {
  "@id": string;
  "@bandwidth": string;
  SegmentTemplate?: Template[];
}
interface Mpd {
  MPD: {
    Period?: {
      AdaptationSet?: { SegmentTemplate?: Template[]; Representation?: Representation[] }[];
    }[];
  };
}

const lists = [
  "Period",
  "AdaptationSet",
  "Representation",
  "SegmentTemplate",
  "SegmentTimeline",
  "S",
];
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  isArray: (name) => lists.includes(name),
});

/** The segments of every representation of an MPD with segment timelines (ISO/IEC 23009-1, 5.3.9). */
export function dashSegments(text: string, url: string): Map<string, ListedSegment[]> {
  const found = new Map<string, ListedSegment[]>();
  const { MPD } = parser.parse(text) as Mpd;
  for (const set of (MPD.Period ?? []).flatMap(({ AdaptationSet = [] }) => AdaptationSet)) {
    for (const representation of set.Representation ?? []) {
      const template = representation.SegmentTemplate?.[0] ?? set.SegmentTemplate?.[0];
      if (template === undefined) continue;
      found.set(representation["@id"], segmentsOf(template, representation, url));
    }
  }
  return found;
}

function segmentsOf(template: Template, of: Representation, url: string): ListedSegment[] {
  const timescale = Number(template["@timescale"] ?? 1);
  const address = (pattern: string, time: number, number: number): string => {
    const filled = pattern
      .replaceAll("$RepresentationID$", of["@id"])
      .replaceAll("$Bandwidth$", of["@bandwidth"])
      .replaceAll("$Time$", time.toString())
      .replaceAll("$Number$", number.toString());
    return new URL(filled, url).href;
  };
  const { "@initialization": init, "@media": media = "" } = template;
  const segments: ListedSegment[] = init ? [{ url: address(init, 0, 0), seconds: 0 }] : [];
  let time = 0;
  let number = Number(template["@startNumber"] ?? 1);
  for (const { "@t": start, "@d": length, "@r": repeat } of timelineOf(template)) {
    if (start !== undefined) time = Number(start);
    for (let i = 0; i <= Number(repeat ?? 0); i += 1) {
      segments.push({ url: address(media, time, number), seconds: Number(length) / timescale });
      time += Number(length);
      number += 1;
    }
  }
  return segments;
}

function timelineOf({ SegmentTimeline: timelines = [] }: Template) {
  return timelines.flatMap(({ S }) => S);
}
