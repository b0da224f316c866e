import type { ColumnCondition } from "../ports/entity-store";
import type { ColumnType } from "./columns";

// Azure Table Storage takes 15 comparisons in one filter; two of them are the partition and the rows' range.
const MAX_CONDITIONS = 10;
// A filter is part of an address, which may have 16 KiB.
const PLAIN_TEXT = /^[\u0020-\ud7ff\ue000-\ufffd]{0,200}$/;
const FIRST_YEAR = 1601;
const LAST_YEAR = 9998;

/**
 * Conditions on columns as a filter of table storage. What it can't say is left out: whoever asks looks at
 * what comes back anyway.
 */
export function listFilter<T>(
  conditions: readonly ColumnCondition<T>[],
  columns: Readonly<Record<string, ColumnType>>,
): string {
  return conditions
    .flatMap(({ column, comparison, value }) => {
      const literal = literalOf(columns[column], value);
      return literal === undefined ? [] : [` and ${column} ${comparison} ${literal}`];
    })
    .slice(0, MAX_CONDITIONS)
    .join("");
}

function literalOf(
  type: ColumnType | undefined,
  value: ColumnCondition<unknown>["value"],
): string | undefined {
  switch (type) {
    case "string":
      return typeof value === "string" && PLAIN_TEXT.test(value)
        ? `'${value.replaceAll("'", "''")}'`
        : undefined;
    case "date":
      return isStorable(value) ? `datetime'${value.toISOString()}'` : undefined;
    case "boolean":
      return typeof value === "boolean" ? value.toString() : undefined;
    case "int32":
      return isInt32(value) ? value.toString() : undefined;
    default:
      return undefined;
  }
}

function isStorable(value: unknown): value is Date {
  const year = value instanceof Date ? value.getUTCFullYear() : 0;
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}

function isInt32(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) === ((value as number) | 0);
}
