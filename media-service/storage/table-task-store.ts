import { randomUUID } from "node:crypto";
import type { TableClient } from "@azure/data-tables";
import { taskNotices } from "../domain/notification";
import type { Task } from "../domain/task";
import type { Stored } from "../ports/entity-store";
import { together } from "./commit";
import { TASKS } from "./entity-definitions";
import type { NoticeRows } from "./notice-rows";
import { TableEntityStore } from "./table-entity-store";

/** Tasks; what their subscribers are to be told of a change is part of the change. */
export class TableTaskStore extends TableEntityStore<Task, "job"> {
  constructor(
    table: TableClient,
    partitionKey: string,
    private readonly notices: NoticeRows,
  ) {
    super(table, partitionKey, TASKS);
  }

  override async replace(stored: Stored<Task>, value: Task): Promise<Stored<Task>> {
    const notices = this.notices.make(taskNotices(stored.value, value));
    if (notices.length === 0) return super.replace(stored, value);
    const writeId = randomUUID();
    await this.commitAndSweep({
      prepare: async () =>
        together([
          await this.prepareReplace({ stored, value }, writeId),
          await this.notices.store.prepareInsert(notices, writeId),
        ]),
      afterRefusal: () => this.afterRefusedReplace({ stored, value }, writeId),
    });
    return (await this.get(value.id)) ?? { value, version: "" };
  }
}
