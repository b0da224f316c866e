import type { TableClient, TransactionAction } from "@azure/data-tables";
import { ConflictError } from "../domain/errors";
import type { Entity } from "../ports/entity-store";
import { type IndexRow, indexRowKey, withGuid, withoutGuid } from "./index-row";
import { IndexRows } from "./index-rows";

/** One index of an entity kind. */
export interface IndexDefinition<T> {
  /** The value to find the entity by; undefined keeps it out of the index. */
  readonly value: (entity: T) => string | undefined;
  /** How many entities may share one value. */
  readonly limit?: { readonly count: number; readonly message: (entity: T) => string };
}

/** An entity before and after a write; without `before` it is new, without `after` it goes. */
export interface Change<T> {
  readonly guid: string;
  readonly before?: T;
  readonly after?: T;
}

/** Which of these guids are still in the index under that value. */
export type Confirm = (guids: readonly string[], index: string, value: string) => Promise<string[]>;

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
  read(index: string, value: string): Promise<IndexRow> {
    return this.rows.read(indexRowKey(this.definition.kind, index, value));
  }

  /**
   * The actions that bring the index rows to the state after some changes, and the rows that end empty.
   *
   * @throws ConflictError when more entities would share a value than may.
   */
  async change(
    changes: readonly Change<T>[],
    confirm: Confirm,
  ): Promise<{ actions: TransactionAction[]; emptied: string[] }> {
    const rows = new Map<string, IndexRow>();
    for (const [index, definition] of Object.entries(this.definition.indexes)) {
      for (const change of changes) {
        await this.changeOne(rows, { index, definition, change, confirm });
      }
    }
    const written = [...rows.values()];
    const emptied = written.filter((row) => row.guids.length === 0 && !row.overflowed);
    return {
      actions: written.map((row) => this.rows.writeAction(row)),
      emptied: emptied.map((row) => row.rowKey),
    };
  }

  private async changeOne(
    rows: Map<string, IndexRow>,
    {
      index,
      definition,
      change,
      confirm,
    }: {
      index: string;
      definition: IndexDefinition<T>;
      change: Change<T>;
      confirm: Confirm;
    },
  ): Promise<void> {
    const before = change.before && definition.value(change.before);
    const after = change.after && definition.value(change.after);
    if (before === after) return;
    const rowFor = async (value: string): Promise<IndexRow> =>
      rows.get(indexRowKey(this.definition.kind, index, value)) ?? (await this.read(index, value));
    if (before !== undefined) {
      const row = withoutGuid(await rowFor(before), change.guid);
      rows.set(row.rowKey, row);
    }
    if (after !== undefined && change.after !== undefined) {
      let row = await rowFor(after);
      const { limit } = definition;
      if (limit !== undefined && row.guids.length >= limit.count) {
        // An entity that was renamed while it was deleted can leave its guid behind.
        row = { ...row, guids: await confirm(row.guids, index, after) };
        if (row.guids.length >= limit.count) throw new ConflictError(limit.message(change.after));
      }
      row = withGuid(row, change.guid);
      rows.set(row.rowKey, row);
    }
  }
}
