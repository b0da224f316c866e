import { InvalidInputError } from "../domain/errors";

/** A form of streaming that is served. */
export interface StreamingFormat {
  /** As URLs spell it, in lower case. */
  readonly name: string;
  readonly protocol: "hls" | "dash";
}

/** Spellings of Media Services that lead to CMAF segments. `csf` is the older name of the DASH form. */
const SERVED: ReadonlyMap<string, StreamingFormat> = new Map(
  [
    { name: "m3u8-cmaf", protocol: "hls" as const },
    { name: "mpd-time-cmaf", protocol: "dash" as const },
    { name: "mpd-time-csf", protocol: "dash" as const },
  ].map((format) => [format.name, format]),
);

/** Spellings of Media Services that clients may know and that are not served. */
const NOT_SERVED: ReadonlyMap<string, string> = new Map([
  ["", "Smooth Streaming"],
  ["fmp4-v20", "Smooth Streaming 2.0"],
  ["m3u8-aapl", "HLS with MPEG-TS segments, version 4"],
  ["m3u8-aapl-v3", "HLS with MPEG-TS segments, version 3"],
]);

/**
 * The format that a URL asks for.
 *
 * @throws InvalidInputError when it is not served.
 */
export function requireFormat(name: string): StreamingFormat {
  const format = SERVED.get(name);
  if (format) return format;
  const known = NOT_SERVED.get(name);
  const what = known === undefined ? `there is no format '${name}'` : `${known} is not served here`;
  throw new InvalidInputError(
    `${what}: ask for format=m3u8-cmaf (HLS) or format=mpd-time-cmaf (DASH)`,
  );
}
