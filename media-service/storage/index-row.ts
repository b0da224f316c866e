import { createHash } from "node:crypto";

/**
 * A row that lists the guids of all entities with one value of one index, so that a lookup is point
 * reads only. Past {@link INDEX_CAPACITY} it stops listing and says so: a lookup then scans.
 */
export interface IndexRow {
  readonly rowKey: string;
  readonly guids: readonly string[];
  readonly overflowed: boolean;
  /** ETag; undefined while there is no row. */
  readonly etag: string | undefined;
}

/** Guids in one row: as many as one binary table property of 64 KiB holds. */
export const INDEX_CAPACITY = 4096;

const BYTES_PER_GUID = 16;

/** Row key of an index value, however long and whatever is in it. */
export function indexRowKey(kind: string, index: string, value: string): string {
  return `${kind}-${index}!${createHash("sha256").update(value).digest("hex")}`;
}

/** The row with a guid more. */
export function withGuid(row: IndexRow, guid: string): IndexRow {
  if (row.overflowed || row.guids.includes(guid)) return row;
  if (row.guids.length >= INDEX_CAPACITY) return { ...row, guids: [], overflowed: true };
  return { ...row, guids: [...row.guids, guid] };
}

/** The row without a guid. */
export function withoutGuid(row: IndexRow, guid: string): IndexRow {
  return { ...row, guids: row.guids.filter((other) => other !== guid) };
}

/** Sixteen bytes a guid. */
export function packGuids(guids: readonly string[]): Uint8Array {
  return Uint8Array.from(
    Buffer.from(guids.map((guid) => guid.replaceAll("-", "")).join(""), "hex"),
  );
}

/** What {@link packGuids} packed. */
export function unpackGuids(bytes: Uint8Array): string[] {
  const guids: string[] = [];
  for (let at = 0; at + BYTES_PER_GUID <= bytes.length; at += BYTES_PER_GUID) {
    const hex = Buffer.from(bytes.subarray(at, at + BYTES_PER_GUID)).toString("hex");
    guids.push(
      [8, 12, 16, 20, 32].map((end, i, ends) => hex.slice(ends[i - 1] ?? 0, end)).join("-"),
    );
  }
  return guids;
}
