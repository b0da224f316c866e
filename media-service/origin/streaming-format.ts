import { InvalidInputError } from "../domain/errors";
import type { DeliveryForm } from "../packaging/delivery-form";

/** A form of streaming that is served. */
export interface StreamingFormat extends DeliveryForm {
  readonly protocol: "hls" | "dash" | "smooth";
  /** For people. */
  readonly title: string;
}

/**
 * Everything that is served, in the spellings of Media Services: for each protocol the form that most
 * players do best with comes first.
 */
export const STREAMING_FORMATS: readonly StreamingFormat[] = [
  { name: "m3u8-cmaf", protocol: "hls", container: "cmaf", sound: "apart", title: "HLS, CMAF" },
  {
    name: "m3u8-aapl",
    protocol: "hls",
    container: "mpeg-ts",
    sound: "apart",
    title: "HLS version 4, MPEG-TS",
  },
  {
    name: "m3u8-aapl-v3",
    protocol: "hls",
    container: "mpeg-ts",
    sound: "muxed",
    title: "HLS version 3, MPEG-TS",
  },
  {
    name: "mpd-time-cmaf",
    protocol: "dash",
    container: "cmaf",
    sound: "apart",
    title: "DASH, CMAF",
  },
  { name: "mpd-time-csf", protocol: "dash", container: "cmaf", sound: "apart", title: "DASH, CSF" },
  { name: "", protocol: "smooth", container: "smooth", sound: "apart", title: "Smooth Streaming" },
  {
    name: "fmp4-v20",
    protocol: "smooth",
    container: "smooth",
    sound: "apart",
    title: "Smooth Streaming 2.0",
  },
];

/**
 * The format that a URL asks for.
 *
 * @param name - In any letter case; empty when the URL names none.
 * @throws InvalidInputError when it is not served.
 */
export function requireFormat(name: string): StreamingFormat {
  const lowerCase = name.toLowerCase();
  const format = STREAMING_FORMATS.find((candidate) => candidate.name === lowerCase);
  if (format) return format;
  const known = STREAMING_FORMATS.filter((one) => one.name !== "").map((one) => one.name);
  throw new InvalidInputError(
    `there is no format '${name}': ask for one of ${known.join(", ")}, or for none to get Smooth Streaming`,
  );
}
