import { setTimeout as pause } from "node:timers/promises";
import type { TableClient, TransactionAction } from "@azure/data-tables";
import { UnavailableError } from "../domain/errors";
import { statusOf, storeError } from "./azure-errors";

/** Actions that belong together, and the index rows that they may leave empty. */
export interface PreparedWrite {
  readonly actions: readonly TransactionAction[];
  readonly emptied: readonly string[];
}

/** Several writes to one table as one. */
export function together(writes: readonly PreparedWrite[]): PreparedWrite {
  return {
    actions: writes.flatMap(({ actions }) => actions),
    emptied: writes.flatMap(({ emptied }) => emptied),
  };
}

/** A write that reads what it depends on, and tries again when that has changed meanwhile. */
export interface Commit {
  /** Reads the index rows and makes the actions. */
  prepare(): Promise<PreparedWrite>;
  /**
   * Called when the store refused: throws when the entity itself is the reason, answers "done" when
   * an earlier try of this very write got through, and "again" when only an index row had changed.
   */
  afterRefusal(): Promise<"done" | "again">;
}

const MAX_ATTEMPTS = 40;
const MAX_PAUSE_MILLISECONDS = 250;

/**
 * Carries a write out, all of it or nothing.
 *
 * @throws UnavailableError when others write the same rows all the time.
 */
export async function commit(table: TableClient, write: Commit): Promise<readonly string[]> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const { actions, emptied } = await write.prepare();
    try {
      await submit(table, actions);
      return emptied;
    } catch (cause) {
      if (![404, 409, 412].includes(statusOf(cause) ?? 0)) {
        throw storeError(cause, `Table ${table.tableName}`);
      }
      if ((await write.afterRefusal()) === "done") return emptied;
      await pause(Math.random() * Math.min(MAX_PAUSE_MILLISECONDS, 5 * 2 ** attempt));
    }
  }
  throw new UnavailableError(`Table ${table.tableName} is too busy: try again`);
}

async function submit(table: TableClient, actions: readonly TransactionAction[]): Promise<void> {
  const [first] = actions;
  if (actions.length === 1 && first !== undefined) {
    await submitOne(table, first);
  } else {
    await table.submitTransaction([...actions]);
  }
}

// One action alone is twice as fast outside a transaction.
async function submitOne(table: TableClient, action: TransactionAction): Promise<void> {
  const [kind, entity] = action;
  if (kind === "create") {
    await table.createEntity(entity);
  } else if (kind === "delete") {
    await table.deleteEntity(entity.partitionKey, entity.rowKey);
  } else if (kind === "update") {
    const [, , mode, options] = action;
    await table.updateEntity(entity, mode, options ?? {});
  } else {
    throw new Error(`A ${kind} is not used here`);
  }
}
