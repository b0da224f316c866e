import type { Rational } from "../probed-media";
import { presetError, shortened } from "./preset-error";
import type { PictureLength, Position, WantedSize } from "./preset";
import type { PresetNode } from "./preset-node";

const CLOCK = /^(?:(\d+)\.)?(\d{1,3}):([0-5]?\d):([0-5]?\d(?:\.\d+)?)$/;
const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const SECONDS = { day: 86_400, hour: 3600, minute: 60 };

/** Seconds of `hh:mm:ss`, with days and fractions, or of `PT4S`; undefined for anything else. */
function secondsOf(text: string): number | undefined {
  const match = CLOCK.exec(text) ?? (/\d/.test(text) ? DURATION.exec(text) : null);
  if (!match) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part || "0"));
  return (
    (days ?? 0) * SECONDS.day +
    (hours ?? 0) * SECONDS.hour +
    (minutes ?? 0) * SECONDS.minute +
    (seconds ?? 0)
  );
}

/** A time as `00:00:02` or `PT2S`. */
export function readSeconds(node: PresetNode, name: string): number | undefined {
  const text = node.text(name);
  if (text === undefined) return undefined;
  const seconds = secondsOf(text);
  if (seconds === undefined) {
    throw presetError(node.at(name), `must be a time such as 00:00:02, not '${shortened(text)}'`);
  }
  return seconds;
}

/** Frames (`120`), a share of the input (`15%`) or a time (`00:00:30`). */
export function readPosition(node: PresetNode, name: string): Position | undefined {
  const text = node.text(name);
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return { unit: "frames", value: Number(text) };
  const percent = /^(\d{1,3}(?:\.\d+)?)\s?%$/.exec(text);
  if (percent && Number(percent[1]) <= 100) return { unit: "percent", value: Number(percent[1]) };
  const value = secondsOf(text);
  if (value !== undefined) return { unit: "seconds", value };
  throw presetError(
    node.at(name),
    `must be a number of frames, a share such as 10% or a time such as 00:00:30, not '${shortened(text)}'`,
  );
}

/** Width and height: pixels, a share such as `50%`, or `auto` and nothing for what follows. */
export function readSize(node: PresetNode): WantedSize {
  const width = readLength(node, "Width");
  const height = readLength(node, "Height");
  return { ...(width && { width }), ...(height && { height }) };
}

const MAX_SIDE_PIXELS = 8192;

function readLength(node: PresetNode, name: string): PictureLength | undefined {
  const text = node.text(name);
  if (text === undefined || text.toLowerCase() === "auto") return undefined;
  const percent = /^(\d{1,3}(?:\.\d+)?)\s?%$/.exec(text);
  const value = Number(percent?.[1] ?? (/^\d{1,5}$/.test(text) ? text : NaN));
  if (value >= 1 && value <= (percent ? 100 : MAX_SIDE_PIXELS)) {
    return { unit: percent ? "percent" : "pixels", value };
  }
  throw presetError(
    node.at(name),
    `must be 1 to ${MAX_SIDE_PIXELS} pixels, 1% to 100% or auto, not '${shortened(text)}'`,
  );
}

const MAX_FRAMES_PER_SECOND = 120;

/** Frames a second as `30000/1001`; `0/1` means the source's. */
export function readFrameRate(node: PresetNode): Rational | undefined {
  const text = node.text("FrameRate");
  if (text === undefined) return undefined;
  const [, num, den] = /^(\d{1,6})\s*\/\s*(\d{1,6})$/.exec(text) ?? [];
  const rate = { num: Number(num), den: Number(den) };
  if (rate.num === 0 && rate.den > 0) return undefined;
  if (!(rate.num / rate.den > 0 && rate.num / rate.den <= MAX_FRAMES_PER_SECOND)) {
    throw presetError(
      node.at("FrameRate"),
      `must be a fraction such as 25/1 of at most ${MAX_FRAMES_PER_SECOND} frames a second, not '${shortened(text)}'`,
    );
  }
  return rate;
}
