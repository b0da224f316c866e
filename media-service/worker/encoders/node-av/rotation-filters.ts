/**
 * The filters that show a picture upright, as the ffmpeg program chooses them from the display
 * matrix of its stream (FFmpeg, `configure_input_video_filter`); node-av has no such step.
 */
export function rotationFilters(matrix: readonly number[] | undefined): string[] {
  if (!matrix) return [];
  const [a = 0, b = 0, , c = 0, d = 0] = matrix;
  const degrees = (Math.round((Math.atan2(b, a) * 180) / Math.PI / 90) * 90 + 360) % 360;
  switch (degrees) {
    case 90:
      return [`transpose=${c > 0 ? "cclock_flip" : "clock"}`];
    case 180:
      return [...(a < 0 ? ["hflip"] : []), ...(d < 0 ? ["vflip"] : [])];
    case 270:
      return [`transpose=${c < 0 ? "clock_flip" : "cclock"}`];
    default:
      return d < 0 ? ["vflip"] : [];
  }
}
