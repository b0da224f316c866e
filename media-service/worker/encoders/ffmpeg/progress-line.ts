/**
 * How much is encoded, from a line of `ffmpeg -progress`; undefined for other lines. `out_time_us` is
 * `N/A` until the first packet.
 */
export function encodedSeconds(line: string): number | undefined {
  const match = /^out_time_us=(\d+)$/.exec(line);
  return match ? Number(match[1]) / 1_000_000 : undefined;
}
