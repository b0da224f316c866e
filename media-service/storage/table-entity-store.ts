import { randomUUID } from "node:crypto";
import { odata, type TableClient, type TableEntityResult } from "@azure/data-tables";
import { ConflictError, NotFoundError } from "../domain/errors";
import { guidOf, type IdKind } from "../domain/ids";
import type { Replacement } from "../ports/account-stores";
import type { Entity, EntityStore, ListQuery, Stored } from "../ports/entity-store";
import { withSignal } from "./abort-option";
import { statusOf, storeError } from "./azure-errors";
import { type Columns, fromRow, toRow } from "./columns";
import { commit, type PreparedWrite } from "./commit";
import { type Change, EntityIndexes, type IndexDefinition } from "./entity-indexes";
import { type KeySlice, KeySlices } from "./key-slices";
import { KeyedMutex } from "./keyed-mutex";
import { listFilter } from "./list-filter";

/** How entities of one kind are kept in a table. */
export interface EntityDefinition<T extends Entity, Index extends string> {
  /** First part of the row keys; unlike that of any other kind in the table. */
  readonly kind: string;
  readonly idKind: IdKind;
  readonly columns: Columns<T>;
  readonly indexes: Readonly<Record<Index, IndexDefinition<T>>>;
}

type Row = TableEntityResult<Record<string, unknown>>;

const PARALLEL_READS = 16;

/**
 * Entities of one kind in an Azure table. The entity's row and one row for each index value are in
 * one partition, so a transaction keeps them in step; `index-row.ts` says how lookups work.
 */
export class TableEntityStore<
  T extends Entity,
  Index extends string = never,
> implements EntityStore<T, Index> {
  private readonly indexes: EntityIndexes<T>;
  private readonly mutex = new KeyedMutex();

  constructor(
    protected readonly table: TableClient,
    private readonly partitionKey: string,
    private readonly definition: EntityDefinition<T, Index>,
  ) {
    this.indexes = new EntityIndexes(table, partitionKey, definition);
  }

  async get(id: string, signal?: AbortSignal): Promise<Stored<T> | undefined> {
    const row = await this.readRow(this.guid(id), signal);
    return row === undefined ? undefined : this.toStored(row);
  }

  async find(index: Index, value: string): Promise<Stored<T>[]> {
    const found: Stored<T>[] = [];
    for await (const stored of this.each(index, value)) found.push(stored);
    return found;
  }

  async *each(index: Index, value: string, signal?: AbortSignal): AsyncIterable<Stored<T>> {
    const row = await this.indexes.read(index, value, signal);
    const valueOf = this.definition.indexes[index].value;
    const all = this.list(signal === undefined ? {} : { signal });
    const candidates = row.overflowed ? all : this.readAll(row.guids, signal);
    for await (const stored of candidates) if (valueOf(stored.value) === value) yield stored;
  }

  async *list({ where = [], after, signal }: ListQuery<T> = {}): AsyncIterable<Stored<T>> {
    const { kind, columns } = this.definition;
    const conditions = listFilter(where, columns);
    const slices = new KeySlices(kind, after === undefined ? undefined : this.guid(after));
    let found: number | undefined;
    for (let slice = slices.next(); slice !== undefined; slice = slices.next(found)) {
      found = 0;
      for await (const row of this.rowsOf(slice, conditions, signal)) {
        found++;
        yield this.toStored(row);
      }
    }
  }

  private async *rowsOf(
    { first, end }: KeySlice,
    conditions: string,
    signal: AbortSignal | undefined,
  ): AsyncIterable<Row> {
    const range = odata`PartitionKey eq ${this.partitionKey} and RowKey gt ${first} and RowKey lt ${end}`;
    try {
      const queryOptions = { filter: range + conditions };
      yield* this.table.listEntities({ queryOptions, ...withSignal(signal) });
    } catch (cause) {
      throw storeError(cause, `Table ${this.table.tableName}`);
    }
  }

  async insert(...values: readonly T[]): Promise<void> {
    const writeId = randomUUID();
    const changes = values.map((after) => ({ guid: this.guid(after.id), after }));
    await this.inTurn(changes, () =>
      this.commitInsert(values, writeId, () => this.prepareInsert(values, writeId)),
    );
  }

  async replace(stored: Stored<T>, value: T): Promise<Stored<T>> {
    const writeId = randomUUID();
    const change = { guid: this.guid(value.id), before: stored.value, after: value };
    await this.inTurn([change], () =>
      this.commitAndSweep({
        prepare: () => this.prepareReplace({ stored, value }, writeId),
        afterRefusal: () => this.afterRefusedReplace({ stored, value }, writeId),
      }),
    );
    return (await this.get(value.id)) ?? { value, version: "" };
  }

  async delete(id: string): Promise<void> {
    const guid = this.guid(id);
    let stored = await this.get(id);
    if (stored === undefined) return;
    await this.inTurn([{ guid, before: stored.value }], () =>
      this.commitAndSweep({
        prepare: async () => {
          const change = stored === undefined ? { guid } : { guid, before: stored.value };
          const index = await this.indexes.change([change], this.confirm);
          return { ...index, actions: [["delete", this.keyOf(guid)], ...index.actions] };
        },
        afterRefusal: async () => {
          stored = await this.get(id);
          return stored === undefined ? "done" : "again";
        },
      }),
    );
  }

  /** The actions that add entities; for a transaction over several kinds in one table. */
  async prepareInsert(values: readonly T[], writeId: string): Promise<PreparedWrite> {
    const changes = values.map((after) => ({ guid: this.guid(after.id), after }));
    const index = await this.indexes.change(changes, this.confirm);
    const creates = values.map((value) => ["create", { ...this.rowOf(value), writeId }] as const);
    return {
      ...index,
      actions: [
        ...creates.map(([kind, row]) => [kind, row] as ["create", typeof row]),
        ...index.actions,
      ],
    };
  }

  /** The actions that replace an entity; for a transaction over several kinds in one table. */
  async prepareReplace({ stored, value }: Replacement<T>, writeId: string): Promise<PreparedWrite> {
    const change = { guid: this.guid(value.id), before: stored.value, after: value };
    const index = await this.indexes.change([change], this.confirm);
    const row = { ...this.rowOf(value), writeId };
    return {
      ...index,
      actions: [["update", row, "Replace", { etag: stored.version }], ...index.actions],
    };
  }

  /**
   * What became of a replacement that the store refused: see {@link Commit}.
   *
   * @throws ConflictError when somebody else has written the entity, NotFoundError when it is gone.
   */
  async afterRefusedReplace(
    { stored, value }: Replacement<T>,
    writeId: string,
  ): Promise<"done" | "again"> {
    const row = await this.readRow(this.guid(value.id));
    if (row === undefined) throw new NotFoundError(`'${value.id}' does not exist`);
    if (row["writeId"] === writeId) return "done";
    if (row.etag === stored.version) return "again";
    throw new ConflictError(`'${value.id}' was changed by somebody else meanwhile`);
  }

  /** Commits a write that adds these entities, and perhaps others to the same table. */
  protected async commitInsert(
    values: readonly T[],
    writeId: string,
    prepare: () => Promise<PreparedWrite>,
  ): Promise<void> {
    await this.commitAndSweep({
      prepare,
      afterRefusal: async () => {
        for (const { id } of values) {
          const row = await this.readRow(this.guid(id));
          // The store's answer to an earlier try was lost, and the try got through.
          if (row?.["writeId"] === writeId) return "done";
          if (row !== undefined) throw new ConflictError(`'${id}' exists already`);
        }
        return "again";
      },
    });
  }

  protected async commitAndSweep(write: Parameters<typeof commit>[1]): Promise<void> {
    const emptied = await commit(this.table, write);
    for (const rowKey of emptied) await this.indexes.rows.sweep(rowKey);
  }

  private inTurn(changes: readonly Change<T>[], work: () => Promise<void>): Promise<void> {
    return this.mutex.run(this.indexes.keys(changes), work);
  }

  private async *readAll(
    guids: readonly string[],
    signal?: AbortSignal,
  ): AsyncGenerator<Stored<T>> {
    for (let at = 0; at < guids.length; at += PARALLEL_READS) {
      const some = guids.slice(at, at + PARALLEL_READS);
      const rows = await Promise.all(some.map((guid) => this.readRow(guid, signal)));
      yield* rows.flatMap((row) => (row === undefined ? [] : [this.toStored(row)]));
    }
  }

  private readonly confirm = async (
    guids: readonly string[],
    index: string,
    value: string,
  ): Promise<string[]> => {
    const valueOf = this.definition.indexes[index as Index].value;
    const found: string[] = [];
    for await (const stored of this.readAll(guids)) {
      if (valueOf(stored.value) === value) found.push(this.guid(stored.value.id));
    }
    return found;
  };

  private async readRow(guid: string, signal?: AbortSignal): Promise<Row | undefined> {
    const { partitionKey, rowKey } = this.keyOf(guid);
    try {
      return await this.table.getEntity(partitionKey, rowKey, withSignal(signal));
    } catch (cause) {
      if (statusOf(cause) === 404) return undefined;
      throw storeError(cause, `Table ${this.table.tableName}`);
    }
  }

  private toStored(row: Row): Stored<T> {
    return { value: fromRow<T>(row, this.definition.columns), version: row.etag };
  }

  private rowOf(value: T): { partitionKey: string; rowKey: string } & Record<string, unknown> {
    return { ...toRow(value, this.definition.columns), ...this.keyOf(this.guid(value.id)) };
  }

  private keyOf(guid: string): { partitionKey: string; rowKey: string } {
    return { partitionKey: this.partitionKey, rowKey: `${this.definition.kind}!${guid}` };
  }

  private guid(id: string): string {
    return guidOf(this.definition.idKind, id);
  }
}
