import type { MetadataLevel } from "../../odata/light-json";
import { HttpError } from "../error-response";
import { atom } from "./atom";
import { lightJson } from "./light-json";
import type { Representation } from "./representation";
import { verboseJson } from "./verbose-json";

/** What a client says of the form that it wants. */
export interface Wishes {
  readonly accept?: string | undefined;
  /** The query option `$format`, which counts more than the header. */
  readonly format?: string | undefined;
  /** The newest version of the protocol that it understands: 1, 2 or 3. */
  readonly version: number;
}

const MAX_ACCEPT_LENGTH = 1000;
const XML_TYPES = [
  ...["application/atom+xml", "application/xml", "text/xml", "application/atomsvc+xml"],
  ...["*/*", "application/*", ""],
];
const FORMATS: Readonly<Record<string, string>> = {
  json: "application/json",
  verbosejson: "application/json;odata=verbose",
  atom: "application/atom+xml",
  xml: "application/xml",
};

/**
 * The form that a client asks for; without a wish, Atom.
 *
 * @throws HttpError 406 when it asks for none that is offered.
 */
export function chooseRepresentation(wishes: Wishes): Representation {
  const wanted = wantedTypes(wishes);
  for (const range of mediaRanges(wanted)) {
    const found = representationOf(range, wishes.version);
    if (found !== undefined) return found;
  }
  throw new HttpError(
    406,
    `'${wanted.slice(0, 200)}' is not offered: ask for application/atom+xml or application/json`,
  );
}

/** The form for an error, which has to be written whatever was asked for. */
export function representationOfError(wishes: Wishes): Representation {
  try {
    return chooseRepresentation(wishes);
  } catch {
    return atom;
  }
}

function wantedTypes({ accept = "", format }: Wishes): string {
  if (format === undefined) return accept.slice(0, MAX_ACCEPT_LENGTH);
  // A plus sign in a query is a space.
  const name = format.trim().replaceAll(" ", "+").toLowerCase();
  return Object.hasOwn(FORMATS, name) ? (FORMATS[name] ?? "") : name.slice(0, MAX_ACCEPT_LENGTH);
}

interface MediaRange {
  readonly mediaType: string;
  readonly odata: string | undefined;
  readonly weight: number;
}

// The most wanted first; of equal ones in the order of the header (RFC 9110, 12.5.1).
function mediaRanges(accept: string): MediaRange[] {
  return accept
    .toLowerCase()
    .split(",")
    .map(readRange)
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
}

function readRange(range: string): MediaRange {
  const [mediaType = "", ...parameters] = range.split(";").map((part) => part.trim());
  const values = new Map(
    parameters.map((parameter) => {
      const [name = "", value = ""] = parameter.split("=", 2);
      return [name.trim(), value.trim().replaceAll('"', "")] as const;
    }),
  );
  const weight = Number(values.get("q") ?? 1);
  return { mediaType, odata: values.get("odata"), weight: Number.isNaN(weight) ? 0 : weight };
}

function representationOf(
  { mediaType, odata }: MediaRange,
  version: number,
): Representation | undefined {
  if (XML_TYPES.includes(mediaType)) return atom;
  if (mediaType !== "application/json") return undefined;
  // Before version 3 there was no other JSON, so nobody had to say which.
  if (odata === "verbose" || (odata === undefined && version < 3)) return verboseJson(version);
  const level = LEVELS.get(odata ?? "minimalmetadata");
  return level === undefined || version < 3 ? undefined : lightJson(level);
}

const LEVELS: ReadonlyMap<string, MetadataLevel> = new Map([
  ["nometadata", "none"],
  ["minimalmetadata", "minimal"],
  ["fullmetadata", "full"],
]);
