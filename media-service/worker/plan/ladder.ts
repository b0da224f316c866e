import {
  MAX_FRAME_RATE,
  MAX_PIXEL_SHARE,
  MAX_SOURCE_SHARE,
  MIN_LOWER_KILOBITS_PER_SECOND,
  MIN_SIDE_PIXELS,
  RATE_EXPONENT,
  REFERENCE_FRAME_RATE,
  REFERENCE_RUNGS,
  type ReferenceRung,
} from "./ladder-table";

/** What the ladder depends on: the picture as it is shown, after rotation, in square pixels. */
export interface LadderSource {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /** Of the video alone. */
  readonly bitsPerSecond: number;
}

/** One quality of the video. */
export interface Rung {
  readonly width: number;
  readonly height: number;
  /** Target of the average, and part of the file's name. */
  readonly kilobitsPerSecond: number;
}

/**
 * The "Adaptive Streaming" ladder of a source, best first. No rung has more pixels, a longer side or
 * a higher bitrate than the source. A source that is simpler than its size suggests lowers all rungs
 * in proportion, as the documented 360p example does.
 */
export function adaptiveStreamingLadder(source: LadderSource): Rung[] {
  const sizes = distinctSizes(source);
  const [top] = sizes;
  if (!top) return [];
  const framesPerSecond = Math.min(source.framesPerSecond, MAX_FRAME_RATE);
  const wanted = sizes.map((size) => referenceRate(size, framesPerSecond));
  const cap = (source.bitsPerSecond / 1000) * MAX_SOURCE_SHARE;
  const share = Math.min(1, cap / (wanted[0] ?? cap));

  const rungs: Rung[] = [];
  for (const [index, { width, height }] of sizes.entries()) {
    const kilobitsPerSecond = roundRate((wanted[index] ?? 0) * share, cap);
    const above = rungs.at(-1)?.kilobitsPerSecond ?? Infinity;
    const worthIt = index === 0 || kilobitsPerSecond >= MIN_LOWER_KILOBITS_PER_SECOND;
    if (worthIt && kilobitsPerSecond < above) rungs.push({ width, height, kilobitsPerSecond });
  }
  return rungs;
}

interface Size {
  readonly width: number;
  readonly height: number;
  /** The reference whose box this size fits. */
  readonly reference: ReferenceRung;
}

/** The source fitted into each reference's box, never enlarged, without near-equal neighbours. */
function distinctSizes(source: LadderSource): Size[] {
  const sizes: Size[] = [];
  // From the smallest up, so that a source between two boxes is measured by the nearer one.
  for (const reference of [...REFERENCE_RUNGS].reverse()) {
    const size = { ...fit(source, reference), reference };
    const largest = sizes.at(-1);
    if (!largest || pixels(size) > pixels(largest)) sizes.push(size);
  }
  const kept: Size[] = [];
  for (const size of sizes.reverse()) {
    const above = kept.at(-1);
    if (!above || pixels(size) <= pixels(above) * MAX_PIXEL_SHARE) kept.push(size);
  }
  return kept;
}

function fit(source: LadderSource, reference: ReferenceRung): { width: number; height: number } {
  const portrait = source.height > source.width;
  const boxWidth = portrait ? reference.height : reference.width;
  const boxHeight = portrait ? reference.width : reference.height;
  const scale = Math.min(1, boxWidth / source.width, boxHeight / source.height);
  return { width: evenSide(source.width, scale), height: evenSide(source.height, scale) };
}

/** The nearest even number of pixels, never more than the source has. */
function evenSide(side: number, scale: number): number {
  const even = 2 * Math.round((side * scale) / 2);
  const most = 2 * Math.floor(side / 2);
  return Math.min(most, Math.max(MIN_SIDE_PIXELS, even));
}

function referenceRate({ width, height, reference }: Size, framesPerSecond: number): number {
  const pixelShare = (width * height) / pixels(reference);
  const frameShare = framesPerSecond / REFERENCE_FRAME_RATE;
  // Rounding a side to an even number is no reason for another rate.
  const area = Math.abs(pixelShare - 1) < 0.01 ? 1 : pixelShare;
  return reference.kilobitsPerSecond * (area * frameShare) ** RATE_EXPONENT;
}

/** Tens of kbit/s, as the documented ladders have them; single ones where tens are too coarse. */
function roundRate(kilobitsPerSecond: number, cap: number): number {
  const step = kilobitsPerSecond >= 100 ? 10 : 1;
  const nearest = Math.round(kilobitsPerSecond / step) * step;
  const allowed = Math.floor(cap / step) * step;
  return Math.max(1, Math.min(nearest, allowed));
}

function pixels({ width, height }: { width: number; height: number }): number {
  return width * height;
}
