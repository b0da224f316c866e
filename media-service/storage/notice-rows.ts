import { randomUUID } from "node:crypto";
import type { TableClient } from "@azure/data-tables";
import { entityId } from "../domain/ids";
import type { NewNotice, Notice } from "../domain/notification";
import type { Clock } from "../ports/clock";
import { NOTICES } from "./entity-definitions";
import { TableEntityStore } from "./table-entity-store";

/** Notices, in one table and partition with what they tell of, so that both are written in one step. */
export class NoticeRows {
  readonly store: TableEntityStore<Notice>;

  constructor(
    table: TableClient,
    partitionKey: string,
    private readonly clock: Clock,
  ) {
    this.store = new TableEntityStore(table, partitionKey, NOTICES);
  }

  /** Notices as they are stored, to be delivered at once. */
  make(notices: readonly NewNotice[]): Notice[] {
    const now = this.clock.now();
    return notices.map((notice) => ({
      ...notice,
      id: entityId("noticeid", randomUUID()),
      created: now,
      attempts: 0,
      notBefore: now,
    }));
  }
}
