import { InvalidInputError } from "../domain/errors";
import { parseDate } from "./dates";
import type { PrimitiveType, Value } from "./edm";

const INT32_LIMIT = 2 ** 31;

/**
 * Reads a property as a client sends it: clients send numbers and booleans also as text.
 *
 * @throws InvalidInputError with the property's name when the value is not of its type.
 */
export function readValue(name: string, type: PrimitiveType, raw: unknown): Value {
  if (raw === null) return null;
  switch (type) {
    case "Edm.String":
    case "Edm.Guid":
      return readString(name, raw);
    case "Edm.Boolean":
      return readBoolean(name, raw);
    case "Edm.DateTime":
      return readDate(name, raw);
    default:
      return readNumber(name, type, raw);
  }
}

function readString(name: string, raw: unknown): string {
  if (typeof raw !== "string") throw wrong(name, "a string", raw);
  return raw;
}

function readBoolean(name: string, raw: unknown): boolean {
  const text = typeof raw === "string" ? raw.toLowerCase() : raw;
  if (text === true || text === "true" || text === "1") return true;
  if (text === false || text === "false" || text === "0") return false;
  throw wrong(name, "true or false", raw);
}

function readDate(name: string, raw: unknown): Date {
  if (typeof raw !== "string") throw wrong(name, "a date", raw);
  try {
    return parseDate(raw);
  } catch (cause) {
    throw new InvalidInputError(`${name}: ${(cause as Error).message}`, { cause });
  }
}

function readNumber(name: string, type: PrimitiveType, raw: unknown): number {
  const isNumeric = typeof raw === "number" || (typeof raw === "string" && raw.trim() !== "");
  const value = isNumeric ? Number(raw) : Number.NaN;
  if (!Number.isFinite(value)) throw wrong(name, "a number", raw);
  if (type === "Edm.Double") return value;
  const isInRange =
    type === "Edm.Int32"
      ? value >= -INT32_LIMIT && value < INT32_LIMIT
      : Number.isSafeInteger(value);
  if (!Number.isInteger(value) || !isInRange) throw wrong(name, `an ${type.slice(4)}`, raw);
  return value;
}

function wrong(name: string, expected: string, raw: unknown): InvalidInputError {
  // Writing an object out would go as deep as a client nests it.
  const shown = typeof raw === "object" ? "an object" : JSON.stringify(raw ?? "nothing");
  return new InvalidInputError(`${name} must be ${expected}, got ${shown.slice(0, 100)}`);
}
