import type { ParsedTextTrack } from "../server-manifest";
import type { Cue } from "./cue";
import type { TextContent } from "./mp4-text";
import { renderWebVtt } from "./webvtt";

/** Subtitles of one language, as clients find them. */
export interface TextStream {
  /** Its name in URLs. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** BCP 47 or ISO 639 code, `und` when not told. */
  readonly language: string;
  /** Bits a second; names it in URLs, as with other streams. */
  readonly bitrate: number;
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
  return listed.flatMap((track) => {
    const content = contents.get(track.src);
    if (!content) return [];
    const told = track.language === "und" ? undefined : track.language;
    const language = told ?? content.language ?? "und";
    const title = track.trackName ?? `text_${language}`;
    const base = title.replace(/[^\w.-]/g, "_") || "text";
    let name = base;
    for (let suffix = 2; names.has(name.toLowerCase()); suffix++) name = `${base}_${suffix}`;
    names.add(name.toLowerCase());
    const bits = Buffer.byteLength(renderWebVtt(content.cues)) * 8;
    const measured = Math.max(1, Math.round(bits / Math.max(1, durationSeconds)));
    const { cues } = content;
    return [{ name, title, language, bitrate: track.systemBitrate ?? measured, cues }];
  });
}
