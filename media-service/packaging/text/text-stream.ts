import type { ParsedTextTrack } from "../server-manifest";
import type { Cue } from "./cue";
import type { TextContent } from "./mp4-text";
import { renderWebVtt } from "./webvtt";

/** Subtitles of one language, as clients find them. */
export interface TextStream {
  /** Its name in URLs. */
  readonly name: string;
  /** For people; no other has the same (RFC 8216, 4.3.4.1.1). */
  readonly title: string;
  /** BCP 47 or ISO 639 code, `und` when not told. */
  readonly language: string;
  /** Bits a second; names it in URLs, as with other streams. */
  readonly bitrate: number;
  /** Whether it tells sounds, too: for those who hear them badly. */
  readonly isCaption: boolean;
  readonly cues: readonly Cue[];
}

/**
 * The text tracks that a server manifest lists.
 *
 * @param contents - What their files hold, by name.
 * @param options - How long the asset is, and which stream names are taken.
 */
export function textStreams(
  listed: readonly ParsedTextTrack[],
  contents: ReadonlyMap<string, TextContent>,
  { durationSeconds, taken }: { durationSeconds: number; taken: readonly string[] },
): TextStream[] {
  const names = new Set(taken.map((name) => name.toLowerCase()));
  const titles = new Set<string>();
  return listed.flatMap((track) => {
    const content = contents.get(track.src);
    if (!content) return [];
    const told = track.language === "und" ? undefined : track.language;
    const language = told ?? content.language ?? "und";
    const called = track.trackName ?? `text_${language}`;
    const title = claim(called, titles, " ");
    const name = claim(called.replace(/[^\w.-]/g, "_") || "text", names, "_");
    const bits = Buffer.byteLength(renderWebVtt(content.cues)) * 8;
    const measured = Math.max(1, Math.round(bits / Math.max(1, durationSeconds)));
    const { cues } = content;
    const { systemBitrate: bitrate = measured, isCaption = false } = track;
    return [{ name, title, language, bitrate, isCaption, cues }];
  });
}

/** Takes a name: with a number after it when it, in whatever case, is taken already. */
function claim(base: string, taken: Set<string>, between: string): string {
  let name = base;
  for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${base}${between}${number}`;
  taken.add(name.toLowerCase());
  return name;
}
