import { CorruptError } from "../../domain/errors";

/** What a TTML document says of its times (TTML2, 7.2). */
export interface TtmlClock {
  readonly framesPerSecond: number;
  readonly ticksPerSecond: number;
}

const CLOCK = /^(\d{2,}):([0-5]\d):([0-5]\d)(?:(\.\d+)|:(\d{2,}))?$/;
const OFFSET = /^(\d+(?:\.\d+)?)(h|ms|m|s|f|t)$/;
const DEFAULT_FRAME_RATE = 30;

/**
 * Reads the clock of a document from the attributes of its root.
 *
 * @throws CorruptError for times that do not count media time.
 */
export function readClock(attribute: (name: string) => string | undefined): TtmlClock {
  const base = attribute("timeBase") ?? "media";
  if (base !== "media") {
    throw new CorruptError(`the TTML counts '${base}' time; only 'media' can be packaged`);
  }
  const frameRate = attribute("frameRate");
  const [numerator, denominator] = (attribute("frameRateMultiplier") ?? "1 1").split(/[ :]+/);
  const framesPerSecond =
    (positive(frameRate, DEFAULT_FRAME_RATE) * positive(numerator, 1)) / positive(denominator, 1);
  const ticks = positive(attribute("tickRate"), frameRate === undefined ? 1 : framesPerSecond);
  return { framesPerSecond, ticksPerSecond: ticks };
}

function positive(text: string | undefined, otherwise: number): number {
  const value = Number(text);
  return value > 0 && Number.isFinite(value) ? value : otherwise;
}

/**
 * Milliseconds of a time expression (TTML2, 12.3.1).
 *
 * @throws CorruptError when it is none.
 */
export function parseTtmlTime(
  text: string,
  { framesPerSecond, ticksPerSecond }: TtmlClock,
): number {
  const [, hours, minutes, seconds, fraction = "0", frames = "0"] = CLOCK.exec(text.trim()) ?? [];
  if (hours !== undefined) {
    const whole = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return (whole + Number(fraction) + Number(frames) / framesPerSecond) * 1000;
  }
  const [, value, metric] = OFFSET.exec(text.trim()) ?? [];
  const milliseconds: Readonly<Record<string, number>> = {
    h: 3_600_000,
    m: 60_000,
    s: 1000,
    ms: 1,
    f: 1000 / framesPerSecond,
    t: 1000 / ticksPerSecond,
  };
  if (value === undefined) throw new CorruptError(`'${text.slice(0, 50)}' is no time of TTML`);
  return Number(value) * (milliseconds[metric ?? "s"] ?? 0);
}
