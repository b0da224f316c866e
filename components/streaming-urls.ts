/** Where a player finds a video on one host. */
export interface StreamingUrls {
  smooth: string;
  hls: string;
  dash: string;
}

/** Where the host is, and how it is spoken to. */
export interface StreamingHost {
  scheme: "https" | "http";
  /** Host name, with a port where it is not the scheme's own. */
  host: string;
}

/**
 * Addresses of one video on one host.
 *
 * @param relativePath - `/{locator guid}/{file}.ism`, the same on every host.
 */
export function streamingUrls(
  { scheme, host }: StreamingHost,
  relativePath: string,
): StreamingUrls {
  const manifest = `${scheme}://${host}${relativePath}/manifest`;
  return {
    // Smooth Streaming is what Media Services sends when no format is named.
    smooth: manifest,
    hls: `${manifest}(format=m3u8-cmaf)`,
    dash: `${manifest}(format=mpd-time-cmaf)`,
  };
}
