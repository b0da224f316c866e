import type { TableEntityResult } from "@azure/data-tables";
import { CorruptError } from "../domain/errors";

/**
 * How a property is kept in a row. `text` may be longer than one table property holds (64 KiB) and
 * is split; `json` is a `text` of anything that JSON can write and read back.
 */
export type ColumnType =
  "string" | "int32" | "int64" | "double" | "boolean" | "date" | "text" | "json";

/** Every property of an entity except its id, with its type. */
export type Columns<T> = Readonly<Record<Exclude<keyof T, "id"> & string, ColumnType>>;

type Row = Record<string, unknown>;

// A table property holds 64 KiB of UTF-16, which is 32,768 characters.
const PART_LENGTH = 30_000;

/** Writes an entity's properties as table properties; null is left out. */
export function toRow<T extends { readonly id: string }>(entity: T, columns: Columns<T>): Row {
  const row: Row = { id: entity.id };
  for (const [name, type] of Object.entries<ColumnType>(columns)) {
    const value: unknown = (entity as Row)[name];
    if (value === null || value === undefined) continue;
    if (type === "text") Object.assign(row, splitText(name, value as string));
    else if (type === "json") Object.assign(row, splitText(name, JSON.stringify(value)));
    else row[name] = toProperty(value, type);
  }
  return row;
}

/**
 * Reads an entity back from its row.
 *
 * @throws CorruptError when a property is not of its column's type.
 */
export function fromRow<T>(row: TableEntityResult<Row>, columns: Columns<T>): T {
  const entity: Row = { id: row["id"] };
  for (const [name, type] of Object.entries<ColumnType>(columns)) {
    entity[name] = fromProperty(row, name, type);
  }
  return entity as T;
}

function toProperty(value: unknown, type: ColumnType): unknown {
  switch (type) {
    case "int32":
      return { type: "Int32", value: String(value) };
    case "int64":
      return { type: "Int64", value: String(value) };
    case "double":
      return { type: "Double", value: String(value) };
    default:
      return value;
  }
}

function fromProperty(row: Row, name: string, type: ColumnType): unknown {
  if (type === "text") return joinText(row, name);
  if (type === "json") {
    const text = joinText(row, name);
    return text === null ? null : (JSON.parse(text) as unknown);
  }
  const value = row[name];
  if (value === undefined || value === null) return null;
  switch (type) {
    case "int32":
    case "int64":
    case "double":
      return Number(value);
    case "date":
      return readDate(value, name);
    default:
      return value;
  }
}

function readDate(value: unknown, name: string): Date {
  const date = value instanceof Date ? value : new Date(String(value));
  if (Number.isNaN(date.getTime())) {
    throw new CorruptError(`Column ${name} holds '${String(value)}', which is no date`);
  }
  return date;
}

function splitText(name: string, text: string): Row {
  const row: Row = { [name]: text.slice(0, PART_LENGTH) };
  for (let part = 1; part * PART_LENGTH < text.length; part++) {
    row[`${name}_${part}`] = text.slice(part * PART_LENGTH, (part + 1) * PART_LENGTH);
  }
  return row;
}

function joinText(row: Row, name: string): string | null {
  const first = row[name];
  if (typeof first !== "string") return null;
  const parts = [first];
  for (let part = 1; typeof row[`${name}_${part}`] === "string"; part++) {
    parts.push(row[`${name}_${part}`] as string);
  }
  return parts.join("");
}
