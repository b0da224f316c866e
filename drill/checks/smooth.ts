import { XMLParser } from "fast-xml-parser";
import type { ListedSegment } from "./hls";

interface StreamIndex {
  "@Url": string;
  "@TimeScale"?: string;
  QualityLevel?: { "@Bitrate": string }[];
  c?: { "@t"?: string; "@d"?: string; "@r"?: string }[];
}
interface ClientManifest {
  SmoothStreamingMedia?: { "@TimeScale"?: string; StreamIndex?: StreamIndex[] };
}

const lists = ["StreamIndex", "QualityLevel", "c"];
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  isArray: (name) => lists.includes(name),
});
/** [MS-SSTR] 2.2.2.1: what counts where a manifest does not say. */
const usualTimeScale = "10000000";

/** The segments of every quality of every stream of a client manifest ([MS-SSTR] 2.2.2). */
export function smoothSegments(text: string, url: string): ListedSegment[][] {
  const { SmoothStreamingMedia: media } = parser.parse(text) as ClientManifest;
  const timeScale = media?.["@TimeScale"] ?? usualTimeScale;
  return (media?.StreamIndex ?? []).flatMap((stream) => {
    const chunks = chunksOf(stream);
    const ticksPerSecond = Number(stream["@TimeScale"] ?? timeScale);
    return (stream.QualityLevel ?? []).map(({ "@Bitrate": bitrate }) =>
      chunks.map(({ start, ticks }) => ({
        url: new URL(addressOf(stream, bitrate, start), url).href,
        seconds: ticks / ticksPerSecond,
      })),
    );
  });
}

function addressOf({ "@Url": pattern }: StreamIndex, bitrate: string, start: number): string {
  return pattern.replace(/\{bitrate\}/i, bitrate).replace(/\{start[ _]time\}/i, start.toString());
}

/** A chunk without a time begins where the one before it ends; `r` says how many are alike. */
function chunksOf({ c: told = [] }: StreamIndex): { start: number; ticks: number }[] {
  const chunks: { start: number; ticks: number }[] = [];
  let start = 0;
  for (const [i, { "@t": time, "@d": length, "@r": repeat }] of told.entries()) {
    if (time !== undefined) start = Number(time);
    const next = told[i + 1]?.["@t"];
    // Without a length it lasts until the next one begins.
    const ticks = length === undefined ? Number(next ?? start) - start : Number(length);
    for (let n = 0; n < Number(repeat ?? 1); n += 1) {
      chunks.push({ start, ticks });
      start += ticks;
    }
  }
  return chunks;
}
