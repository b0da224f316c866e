/** The mezzanine's name without folders and without its extension: every result begins with it. */
export function baseNameOf(blob: string): string {
  const file = blob.slice(blob.lastIndexOf("/") + 1);
  const dot = file.lastIndexOf(".");
  return dot > 0 ? file.slice(0, dot) : file;
}

/** For example `X_1280x720_2940.mp4`. */
export function videoFileName(
  baseName: string,
  {
    width,
    height,
    kilobitsPerSecond,
  }: { width: number; height: number; kilobitsPerSecond: number },
): string {
  return `${baseName}_${width}x${height}_${kilobitsPerSecond}.mp4`;
}

/** For example `X_AACAudio_128_Audio1.mp4`; tracks count from 1. */
export function audioFileName(
  baseName: string,
  { kilobitsPerSecond }: { kilobitsPerSecond: number },
  trackNumber: number,
): string {
  return `${baseName}_AACAudio_${kilobitsPerSecond}_Audio${trackNumber}.mp4`;
}

/** For example `X_1280x720_AACAudio_3549.mp4`: video and sound in one file. */
export function interleavedFileName(
  baseName: string,
  {
    width,
    height,
    kilobitsPerSecond,
  }: { width: number; height: number; kilobitsPerSecond: number },
): string {
  return `${baseName}_${width}x${height}_AACAudio_${kilobitsPerSecond}.mp4`;
}
