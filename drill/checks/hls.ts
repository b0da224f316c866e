/** A part of a playlist that is downloaded and played. */
export interface ListedSegment {
  url: string;
  /** Zero for an initialization segment. */
  seconds: number;
}

/** Addresses of the media playlists of a multivariant playlist: variants in order, then renditions. */
export function hlsPlaylists(text: string, url: string): string[] {
  const lines = text.split(/\r?\n/);
  const variants = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const renditions = lines.flatMap(
    (line) => /^#EXT-X-(?:MEDIA|I-FRAME-STREAM-INF):.*URI="([^"]+)"/.exec(line)?.[1] ?? [],
  );
  return [...new Set([...variants, ...renditions])].map((uri) => new URL(uri, url).href);
}

/** The segments of a media playlist, initialization segments first where they stand. */
export function hlsSegments(text: string, url: string): ListedSegment[] {
  const segments: ListedSegment[] = [];
  let seconds = 0;
  for (const line of text.split(/\r?\n/)) {
    const map = /^#EXT-X-MAP:.*URI="([^"]+)"/.exec(line)?.[1];
    const duration = /^#EXTINF:([\d.]+)/.exec(line)?.[1];
    if (map !== undefined) segments.push({ url: new URL(map, url).href, seconds: 0 });
    else if (duration !== undefined) seconds = Number(duration);
    else if (line !== "" && !line.startsWith("#")) {
      segments.push({ url: new URL(line, url).href, seconds });
    }
  }
  return segments;
}
