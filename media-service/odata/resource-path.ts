import { InvalidInputError } from "../domain/errors";
import type { WireEntity } from "./edm";

/** One segment of a resource path, for example `Assets('nb:cid:...')`. */
export interface PathSegment {
  readonly name: string;
  /** The key in the parentheses, without quotes; undefined where there is none, or nothing in them. */
  readonly key?: string;
}

// The key's name may be told, too.
const KEY = /^(?:(?:Id|Name|AccountId)\s*=\s*)?(?:guid)?'((?:[^']|'')*)'$/is;
const SEGMENT = /^([$\w]+)(?:\((.*)\))?$/s;

/**
 * Reads the path behind the API's root, still percent-encoded (OData v3, URI conventions 3).
 *
 * @throws InvalidInputError when it is malformed.
 */
export function parseResourcePath(path: string): PathSegment[] {
  return splitOutsideQuotes(decode(path))
    .filter((segment) => segment !== "")
    .map(parseSegment);
}

/** The key of an entity: its id, or what it has instead. */
export function keyOf(entity: WireEntity): string {
  const key = entity["Id"] ?? entity["Name"] ?? entity["AccountId"];
  if (typeof key !== "string") throw new Error("An entity needs a key");
  return key;
}

/** The key of an entity in a resource path, quotes doubled and percent-encoded. */
export function keyInPath(entity: WireEntity): string {
  const isGuid = entity["Id"] === undefined && entity["Name"] === undefined;
  const key = encodeURIComponent(keyOf(entity).replaceAll("'", "''"));
  return isGuid ? `(guid'${key}')` : `('${key}')`;
}

function parseSegment(segment: string): PathSegment {
  const match = SEGMENT.exec(segment);
  if (match === null) throw malformed(segment);
  const [, name = "", inside] = match;
  if (inside === undefined || inside === "") return { name };
  const key = KEY.exec(inside)?.[1];
  if (key === undefined) throw malformed(segment);
  return { name, key: key.replaceAll("''", "'") };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new InvalidInputError("The address is not properly percent-encoded", { cause });
  }
}

function splitOutsideQuotes(path: string): string[] {
  const segments: string[] = [];
  let current = "";
  let isQuoted = false;
  for (const character of path) {
    if (character === "'") isQuoted = !isQuoted;
    if (character === "/" && !isQuoted) {
      segments.push(current);
      current = "";
    } else {
      current += character;
    }
  }
  return [...segments, current];
}

function malformed(segment: string): InvalidInputError {
  return new InvalidInputError(`'${segment.slice(0, 100)}' is not a resource of this service`);
}
