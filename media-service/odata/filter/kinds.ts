import type { PrimitiveType } from "../edm";
import { FilterSyntaxError } from "./filter-syntax-error";
import type { Kind } from "./nodes";

const KINDS: Readonly<Record<PrimitiveType, Kind>> = {
  "Edm.String": "text",
  "Edm.Int32": "integer",
  "Edm.Int64": "integer",
  "Edm.Double": "number",
  "Edm.Boolean": "boolean",
  "Edm.DateTime": "date",
  "Edm.Guid": "text",
};

/** What a property of a type gives. */
export function kindOfType(type: PrimitiveType): Kind {
  return KINDS[type];
}

/** Whether a value of one kind can stand where another is wanted. */
export function fits(given: Kind, wanted: Kind): boolean {
  return given === wanted || given === "null" || (wanted === "number" && given === "integer");
}

/**
 * Checks that a part of a filter gives what is wanted there.
 *
 * @throws FilterSyntaxError with its place when it does not.
 */
export function requireKind(part: { kind: Kind; position: number }, wanted: Kind): void {
  if (!fits(part.kind, wanted)) {
    throw new FilterSyntaxError(`${wanted} is wanted, not ${part.kind},`, part.position);
  }
}

/** Whether values of two kinds can be compared. */
export function areComparable(a: Kind, b: Kind): boolean {
  return fits(a, b) || fits(b, a);
}
