/** The parts of a display matrix that tell how the picture lies; 16.16 fixed point. */
interface Turn {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** By clockwise degrees; mirrored pictures have other signs. */
const FILTERS: Readonly<Record<number, (turn: Turn) => string[]>> = {
  0: ({ d }) => (d < 0 ? ["vflip"] : []),
  90: ({ c }) => [`transpose=${c > 0 ? "cclock_flip" : "clock"}`],
  180: ({ a, d }) => [...(a < 0 ? ["hflip"] : []), ...(d < 0 ? ["vflip"] : [])],
  270: ({ c }) => [`transpose=${c < 0 ? "clock_flip" : "cclock"}`],
};

/**
 * The filters that show a picture upright, as the ffmpeg program chooses them from the display
 * matrix of its stream (FFmpeg, `configure_input_video_filter`); node-av has no such step.
 */
export function rotationFilters(matrix: readonly number[] | undefined): string[] {
  if (!matrix) return [];
  const [a = 0, b = 0, , c = 0, d = 0] = matrix;
  const degrees = (Math.round((Math.atan2(b, a) * 180) / Math.PI / 90) * 90 + 360) % 360;
  return FILTERS[degrees]?.({ a, b, c, d }) ?? [];
}
