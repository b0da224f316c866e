import { InvalidInputError } from "../domain/errors";

const ISO = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?)(\.\d+)?(Z|[+-]\d{2}:\d{2})?)?$/i;
// The .NET "G" form in en-US, as old clients of the service send it.
const US = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))? ([AP])M)?$/i;
const VERBOSE = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/;

/**
 * Reads a date in any of the forms that clients send; without a zone it is UTC.
 *
 * @throws InvalidInputError when it is in none of them.
 */
export function parseDate(text: string): Date {
  const date = parseIso(text) ?? parseUs(text) ?? parseVerbose(text);
  if (date === undefined || Number.isNaN(date.getTime())) {
    throw new InvalidInputError(`'${text.slice(0, 60)}' is not a date`);
  }
  return date;
}

/** A date as the service writes it: ISO 8601 in UTC with seven fraction digits. */
export function formatDate(date: Date): string {
  return date.toISOString().replace("Z", "0000Z");
}

/** A date as verbose JSON has it before version 3 of the protocol: milliseconds since 1970. */
export function formatVerboseDate(date: Date): string {
  return `/Date(${date.getTime()})/`;
}

function parseIso(text: string): Date | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, day = "", time = "00:00", fraction = "", zone = "Z"] = match;
  const seconds = time.length === 5 ? `${time}:00` : time;
  const date = new Date(`${day}T${seconds}${fraction.slice(0, 4)}${zone.toUpperCase()}`);
  // 2023-02-30 would become a day in March.
  const isRealDay = new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
  return isRealDay ? date : undefined;
}

function parseUs(text: string): Date | undefined {
  const match = US.exec(text);
  if (match === null) return undefined;
  const [, month, day, year, hour = "12", minute = "0", second = "0", half = "A"] = match;
  const hours = (Number(hour) % 12) + (half.toUpperCase() === "P" ? 12 : 0);
  const date = new Date(
    Date.UTC(Number(year), Number(month) - 1, Number(day), hours, Number(minute), Number(second)),
  );
  return date.getUTCMonth() === Number(month) - 1 && Number(hour) <= 12 ? date : undefined;
}

function parseVerbose(text: string): Date | undefined {
  const match = VERBOSE.exec(text);
  return match === null ? undefined : new Date(Number(match[1]));
}
