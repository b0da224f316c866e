import { InvalidInputError } from "../domain/errors";
import { type ComplexType, isPrimitive, itemType, type PropertyType, type WireValue } from "./edm";
import { readValue } from "./read-value";

/** Items that one collection in a body may have. */
export const MAX_ITEMS = 1000;

/**
 * Reads a complex value or a collection as a client sends it.
 *
 * @throws InvalidInputError with the property's name when it is not of its type.
 */
export function readStructure(name: string, type: PropertyType, raw: unknown): WireValue {
  if (isPrimitive(type)) return readValue(name, type, raw);
  if (raw === null) return null;
  const item = itemType(type);
  if (item !== undefined) {
    const items = listOf(name, raw);
    return items.map((one) => readStructure(name, item, one));
  }
  return readComplex(name, type as ComplexType, raw);
}

function readComplex(name: string, type: ComplexType, raw: unknown): WireValue {
  if (!isObject(raw)) throw new InvalidInputError(`${name} must be a ${type.complex}`);
  const properties = Object.entries(raw).flatMap(([member, value]) => {
    if (member === "__metadata" || member.startsWith("odata.")) return [];
    const inner = Object.hasOwn(type.properties, member) ? type.properties[member] : undefined;
    if (inner === undefined) {
      throw new InvalidInputError(
        `There is no property '${member.slice(0, 100)}' of ${name}, which is a ${type.complex}`,
      );
    }
    return [[member, readStructure(`${name}.${member}`, inner, value)] as const];
  });
  return Object.fromEntries(properties);
}

// A list comes as an array, or as verbose JSON's `{ "results": [] }`.
function listOf(name: string, raw: unknown): unknown[] {
  const list = isObject(raw) ? raw["results"] : raw;
  if (!Array.isArray(list) || list.length > MAX_ITEMS) {
    throw new InvalidInputError(`${name} must be a list of at most ${MAX_ITEMS} items`);
  }
  return list;
}

/** Whether something of a JSON body is an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
