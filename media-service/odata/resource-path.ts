import { InvalidInputError } from "../domain/errors";
import type { WireEntity } from "./edm";

/** One segment of a resource path, for example `Assets('nb:cid:...')`. */
export interface PathSegment {
  readonly name: string;
  /** The key in the parentheses, without quotes; undefined where there is none, or nothing in them. */
  readonly key?: string;
}

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

/** The key of an entity in a resource path, quotes doubled and percent-encoded. */
export function keyInPath(entity: WireEntity): string {
  // All entities but storage accounts and reserved units have an Id.
  const key = entity["Id"] ?? entity["Name"];
  if (key === undefined) return `(guid'${entity["AccountId"] as string}')`;
  if (typeof key !== "string") throw new Error("An entity needs a key");
  return `('${encodeURIComponent(key.replaceAll("'", "''"))}')`;
}

function parseSegment(segment: string): PathSegment {
  const match = SEGMENT.exec(segment);
  if (match === null) throw malformed(segment);
  const [, name = "", inside] = match;
  if (inside === undefined || inside === "") return { name };
  const quoted = inside.replace(/^guid(?=')/i, "");
  if (!/^'(?:[^']|'')*'$/s.test(quoted)) throw malformed(segment);
  return { name, key: quoted.slice(1, -1).replaceAll("''", "'") };
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
