import { CorruptError } from "../../domain/errors";
import { type Cue, cueOf, inOrder } from "./cue";

const TIME = String.raw`(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})`;
const TIMING = new RegExp(String.raw`^${TIME}[ \t]+-->[ \t]+${TIME}(?:[ \t]+(.*))?$`);

/**
 * Reads a WebVTT file (W3C WebVTT, 4). Notes, styles and regions are left out, for segments could not
 * repeat them all; blocks that are no cues are passed over, as browsers do.
 *
 * @throws CorruptError when it is no WebVTT.
 */
export function parseWebVtt(file: string): Cue[] {
  const lines = file.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  if (!/^WEBVTT(?:[ \t\n]|$)/.test(lines)) {
    throw new CorruptError("the text begins without 'WEBVTT': it is no WebVTT");
  }
  return inOrder(lines.split(/\n{2,}/).map(parseBlock));
}

function parseBlock(block: string): Cue | undefined {
  const lines = block.split("\n").filter((line) => line !== "");
  const at = lines.findIndex((line) => line.includes("-->"));
  // One line may name the cue; with more before it, or none, it is something else.
  const match = at === 0 || at === 1 ? TIMING.exec((lines[at] ?? "").trim()) : null;
  if (!match) return undefined;
  const [, ...parts] = match;
  return cueOf(
    { start: milliseconds(parts.slice(0, 4)), end: milliseconds(parts.slice(4, 8)) },
    lines.slice(at + 1).join("\n"),
    parts[8],
  );
}

function milliseconds([hours, minutes, seconds, rest]: readonly (string | undefined)[]): number {
  const whole = Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds);
  return whole * 1000 + Number(rest);
}

/**
 * Writes cues as WebVTT.
 *
 * @param header - Lines after the first, such as `X-TIMESTAMP-MAP` (RFC 8216, 3.5).
 */
export function renderWebVtt(cues: readonly Cue[], header: readonly string[] = []): string {
  const head = ["WEBVTT", ...header].join("\n");
  const blocks = cues.map(({ start, end, settings, text }) => {
    const timing = `${clock(start)} --> ${clock(end)}`;
    return `${settings === "" ? timing : `${timing} ${settings}`}\n${text}`;
  });
  return `${[head, ...blocks].join("\n\n")}\n`;
}

function clock(time: number): string {
  const whole = Math.round(time);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const rest = String(whole % 1000).padStart(3, "0");
  return `${two(whole / 3_600_000)}:${two((whole / 60_000) % 60)}:${two((whole / 1000) % 60)}.${rest}`;
}
