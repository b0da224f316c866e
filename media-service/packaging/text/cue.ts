/** A text that is shown for a while. */
export interface Cue {
  /** In milliseconds of the presentation. */
  readonly start: number;
  readonly end: number;
  /** WebVTT cue text (W3C WebVTT, 3.1): escaped, without empty lines. */
  readonly text: string;
  /** WebVTT cue settings, such as `line:90% align:start`; empty for none. */
  readonly settings: string;
}

/** Makes WebVTT cue text of plain text. */
export function escapeCueText(plain: string): string {
  return plain.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/**
 * A cue that can be written, or undefined for one that shows nothing: an empty line would end it, and
 * an arrow would begin another.
 */
export function cueOf(
  { start, end }: Pick<Cue, "start" | "end">,
  text: string,
  settings = "",
): Cue | undefined {
  const lines = text
    .replace(/\r\n?/g, "\n")
    .replace(/-->/g, "--&gt;")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (lines.length === 0 || !(end > start)) return undefined;
  const oneLine = settings.replace(/\s+/g, " ").replace(/-->/g, "").trim();
  return { start, end, text: lines.join("\n"), settings: oneLine };
}

/** Cues in the order in which they are shown. */
export function inOrder(cues: readonly (Cue | undefined)[]): Cue[] {
  return cues
    .filter((cue) => cue !== undefined)
    .sort((one, other) => one.start - other.start || one.end - other.end);
}
