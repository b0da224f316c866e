import type { TableClient, TransactionAction } from "@azure/data-tables";
import type { Entity } from "../ports/entity-store";
import { type IndexRow, indexRowKey, withGuid, withoutGuid } from "./index-row";
import { IndexRows } from "./index-rows";

/** One index of an entity kind. */
export interface IndexDefinition<T> {
  /** The value to find the entity by; undefined keeps it out of the index. */
  readonly value: (entity: T) => string | undefined;
  /** How many entities may share one value. */
  readonly limit?: { readonly count: number; readonly error: (entity: T) => Error };
}

/** An entity before and after a write; without `before` it is new, without `after` it goes. */
export interface Change<T> {
  readonly guid: string;
  readonly before?: T;
  readonly after?: T;
}

/** Which of these guids are still in the index under that value. */
export type Confirm = (guids: readonly string[], index: string, value: string) => Promise<string[]>;

const PARALLEL_READS = 16;

/** Keeps the index rows of one kind of entities in step with the entities. */
export class EntityIndexes<T extends Entity> {
  readonly rows: IndexRows;

  constructor(
    table: TableClient,
    partitionKey: string,
    private readonly definition: {
      readonly kind: string;
      readonly indexes: Readonly<Record<string, IndexDefinition<T>>>;
    },
  ) {
    this.rows = new IndexRows(table, partitionKey);
  }

  /** The row that lists who has this value. */
  read(index: string, value: string, signal?: AbortSignal): Promise<IndexRow> {
    return this.rows.read(indexRowKey(this.definition.kind, index, value), signal);
  }

  /** Row keys of the index rows that some changes touch. */
  keys(changes: readonly Change<T>[]): string[] {
    const keys = this.moves(changes).flatMap(({ index, before, after }) =>
      [before, after].flatMap((value) => (value === undefined ? [] : [this.key(index, value)])),
    );
    return [...new Set(keys)];
  }

  /**
   * The actions that bring the index rows to the state after some changes, and the rows that end empty.
   *
   * @throws The limit's error when more entities would share a value than may.
   */
  async change(
    changes: readonly Change<T>[],
    confirm: Confirm,
  ): Promise<{ actions: TransactionAction[]; emptied: string[] }> {
    const rows = await this.readAll(this.keys(changes));
    for (const move of this.moves(changes)) await this.apply(rows, move, confirm);
    const written = [...rows.values()];
    const emptied = written.filter((row) => row.guids.length === 0 && !row.overflowed);
    return {
      actions: written.map((row) => this.rows.writeAction(row)),
      emptied: emptied.map((row) => row.rowKey),
    };
  }

  private async apply(
    rows: Map<string, IndexRow>,
    { index, guid, entity, before, after }: Move<T>,
    confirm: Confirm,
  ): Promise<void> {
    if (before !== undefined) {
      const row = withoutGuid(this.rowOf(rows, index, before), guid);
      rows.set(row.rowKey, row);
    }
    if (after === undefined || entity === undefined) return;
    let row = this.rowOf(rows, index, after);
    const limit = this.definition.indexes[index]?.limit;
    if (limit !== undefined && row.guids.length >= limit.count) {
      // An entity that was renamed while it was deleted can leave its guid behind.
      row = { ...row, guids: await confirm(row.guids, index, after) };
      if (row.guids.length >= limit.count) throw limit.error(entity);
    }
    rows.set(row.rowKey, withGuid(row, guid));
  }

  private moves(changes: readonly Change<T>[]): Move<T>[] {
    return Object.entries(this.definition.indexes).flatMap(([index, { value }]) =>
      changes.flatMap(({ guid, before: old, after: entity }) => {
        const before = old && value(old);
        const after = entity && value(entity);
        return before === after ? [] : [{ index, guid, entity, before, after }];
      }),
    );
  }

  private async readAll(keys: readonly string[]): Promise<Map<string, IndexRow>> {
    const rows = new Map<string, IndexRow>();
    for (let at = 0; at < keys.length; at += PARALLEL_READS) {
      const some = keys.slice(at, at + PARALLEL_READS);
      for (const row of await Promise.all(some.map((key) => this.rows.read(key)))) {
        rows.set(row.rowKey, row);
      }
    }
    return rows;
  }

  private rowOf(rows: Map<string, IndexRow>, index: string, value: string): IndexRow {
    const row = rows.get(this.key(index, value));
    if (row === undefined) throw new Error("All rows of a change are read first");
    return row;
  }

  private key(index: string, value: string): string {
    return indexRowKey(this.definition.kind, index, value);
  }
}

/** How an entity moves from one value of an index to another. */
interface Move<T> {
  readonly index: string;
  readonly guid: string;
  readonly entity: T | undefined;
  readonly before: string | undefined;
  readonly after: string | undefined;
}
