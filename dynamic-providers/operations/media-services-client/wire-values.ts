/** An entity as verbose JSON carries it. */
export type WireEntity = Readonly<Record<string, unknown>>;

/** Text; null and absent are the empty text. */
export function text(entity: WireEntity, name: string): string {
  const value = entity[name];
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return value.toString();
  throw new TypeError(`${name} should be text, got ${JSON.stringify(value)}`);
}

/** A number, which Int64 properties carry as a string; null and absent are 0. */
export function number(entity: WireEntity, name: string): number {
  const value = entity[name];
  if (value === null || value === undefined || value === "") return 0;
  const result = typeof value === "string" ? Number(value) : value;
  if (typeof result !== "number" || !Number.isFinite(result)) {
    throw new TypeError(`${name} should be a number, got ${JSON.stringify(value)}`);
  }
  return result;
}

/** A truth value, also as text; null and absent are false. */
export function boolean(entity: WireEntity, name: string): boolean {
  return entity[name] === true || text(entity, name).toLowerCase() === "true";
}

/** A date or, where it is null or absent, undefined. */
export function date(entity: WireEntity, name: string): Date | undefined {
  const value = text(entity, name);
  return value === "" ? undefined : parseDate(value);
}

/** The entities of a complex collection: bare, or within `results`. */
export function collection(entity: WireEntity, name: string): readonly WireEntity[] {
  const value = entity[name];
  const items = isEntity(value) ? value["results"] : value;
  return Array.isArray(items) ? items.filter(isEntity) : [];
}

/** Whether a value is a JSON object. */
export function isEntity(value: unknown): value is WireEntity {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads a date in any of the four forms that the service answers with: seven fraction digits and Z,
 * no zone (which is UTC), `+00:00`, and `/Date(milliseconds)/`.
 *
 * @throws TypeError when it is none of them.
 */
export function parseDate(value: string): Date {
  const ticks = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/.exec(value)?.[1];
  const result = new Date(ticks === undefined ? isoWithZone(value) : Number(ticks));
  if (Number.isNaN(result.getTime())) throw new TypeError(`'${value}' is not a date`);
  return result;
}

function isoWithZone(value: string): string {
  // ECMAScript promises only three fraction digits; more are cut.
  const trimmed = value.replace(/(\.\d{3})\d+/, "$1");
  return /(?:Z|[+-]\d{2}:?\d{2})$/i.test(trimmed) ? trimmed : `${trimmed}Z`;
}
