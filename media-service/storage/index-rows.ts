import type { TableClient, TransactionAction } from "@azure/data-tables";
import { withSignal } from "./abort-option";
import { statusOf, storeError } from "./azure-errors";
import { type IndexRow, packGuids, unpackGuids } from "./index-row";

interface StoredIndexRow extends Record<string, unknown> {
  guids?: Uint8Array;
  overflowed?: boolean;
}

/** Reads and writes the index rows of a table's partition. */
export class IndexRows {
  constructor(
    private readonly table: TableClient,
    private readonly partitionKey: string,
  ) {}

  /** The row, empty when there is none. */
  async read(rowKey: string, signal?: AbortSignal): Promise<IndexRow> {
    try {
      const row = await this.table.getEntity<StoredIndexRow>(
        this.partitionKey,
        rowKey,
        withSignal(signal),
      );
      return {
        rowKey,
        guids: unpackGuids(row.guids ?? new Uint8Array()),
        overflowed: row.overflowed === true,
        etag: row.etag,
      };
    } catch (cause) {
      if (statusOf(cause) !== 404) throw storeError(cause, `Table ${this.table.tableName}`);
      return { rowKey, guids: [], overflowed: false, etag: undefined };
    }
  }

  /** Writes a row if it is still as it was read. */
  writeAction(row: IndexRow): TransactionAction {
    const entity = {
      partitionKey: this.partitionKey,
      rowKey: row.rowKey,
      guids: packGuids(row.guids),
      overflowed: row.overflowed,
    };
    return row.etag === undefined
      ? ["create", entity]
      : ["update", entity, "Replace", { etag: row.etag }];
  }

  /**
   * Deletes a row that is empty. A transaction can't delete under a condition, so this comes after it; a
   * row that stays because the process ended in between does no harm.
   */
  async sweep(rowKey: string): Promise<void> {
    const row = await this.read(rowKey);
    if (row.etag === undefined || row.guids.length > 0 || row.overflowed) return;
    try {
      await this.table.deleteEntity(this.partitionKey, rowKey, { etag: row.etag });
    } catch (cause) {
      const status = statusOf(cause);
      if (status !== 404 && status !== 412) {
        throw storeError(cause, `Table ${this.table.tableName}`);
      }
    }
  }
}
