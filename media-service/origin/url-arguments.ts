import { InvalidInputError } from "../domain/errors";
import type { UrlOptions } from "../packaging/fragment-url";
import { requireFormat, type StreamingFormat } from "./streaming-format";

/** What stands between the parentheses of a streaming URL. */
export interface UrlArguments extends UrlOptions {
  /** The first argument where it is no option: the stream's name, with the time after it. */
  readonly first: readonly [name: string, value: string];
  readonly format: StreamingFormat;
}

/** Options that ask for something else than what would be sent without them. */
const REFUSED: Readonly<Record<string, string>> = {
  encryption: "nothing is encrypted here",
  filter: "there are no filters here",
};

/**
 * Reads `a=1,format=..,c`. Names are in any letter case. Options of Media Services that change nothing
 * here (such as `audio-only=false`) and unknown ones are passed over, for players append their own.
 *
 * @throws InvalidInputError when an option asks for what can't be had.
 */
export function readUrlArguments(list = ""): UrlArguments {
  const given = list
    .split(",")
    .map((argument) => argument.trim())
    .filter((argument) => argument !== "")
    .map((argument): [string, string] => {
      const [name = "", ...value] = argument.split("=");
      return [name.trim(), value.join("=").trim()];
    });
  const valueOf = (wanted: string): string | undefined =>
    given.find(([name]) => name.toLowerCase() === wanted)?.[1];
  for (const [name, why] of Object.entries(REFUSED)) {
    const value = valueOf(name) ?? "";
    if (value !== "") throw new InvalidInputError(`${why}: leave out '${name}=${value}'`);
  }
  const audioTrack = valueOf("audiotrack") ?? "";
  return {
    first: given[0] ?? ["", ""],
    format: requireFormat(valueOf("format") ?? ""),
    ...(audioTrack === "" ? {} : { audioTrack }),
    ...(valueOf("keyframes") === undefined ? {} : { keyFrames: true }),
  };
}
