/** The clock of Media Services' URLs and manifests: 100 nanoseconds (Smooth Streaming's default). */
export const TICKS_PER_SECOND = 10_000_000;

/** Turns a time in a track's own timescale into 100 ns. */
export function toTicks(time: number, timescale: number): number {
  return Math.round((time / timescale) * TICKS_PER_SECOND);
}
