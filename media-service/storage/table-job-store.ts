import { randomUUID } from "node:crypto";
import type { TableClient } from "@azure/data-tables";
import type { Job } from "../domain/job";
import { jobNotices, taskNotices } from "../domain/notification";
import type { Task } from "../domain/task";
import type { JobStore, Replacement } from "../ports/account-stores";
import { together } from "./commit";
import { JOBS } from "./entity-definitions";
import type { NoticeRows } from "./notice-rows";
import { TableEntityStore } from "./table-entity-store";

/**
 * Jobs, in one table and partition with their tasks, so that both are written in one step, and so is what
 * their subscribers are to be told.
 */
export class TableJobStore
  extends TableEntityStore<Job, "name" | "pending" | "urgent">
  implements JobStore
{
  constructor(
    table: TableClient,
    partitionKey: string,
    private readonly beside: {
      readonly tasks: TableEntityStore<Task, "job">;
      readonly notices: NoticeRows;
    },
  ) {
    super(table, partitionKey, JOBS);
  }

  async insertWithTasks(job: Job, tasks: readonly Task[]): Promise<void> {
    const writeId = randomUUID();
    await this.commitInsert([job], writeId, async () =>
      together([
        await this.prepareInsert([job], writeId),
        await this.beside.tasks.prepareInsert(tasks, writeId),
      ]),
    );
  }

  async replaceWithTasks(
    job: Replacement<Job>,
    tasks: readonly Replacement<Task>[],
  ): Promise<void> {
    const writeId = randomUUID();
    const notices = this.beside.notices.make([
      ...jobNotices(job.stored.value, job.value),
      ...tasks.flatMap(({ stored, value }) => taskNotices(stored.value, value)),
    ]);
    await this.commitAndSweep({
      prepare: async () => {
        const writes = [await this.prepareReplace(job, writeId)];
        for (const task of tasks) {
          writes.push(await this.beside.tasks.prepareReplace(task, writeId));
        }
        writes.push(await this.beside.notices.store.prepareInsert(notices, writeId));
        return together(writes);
      },
      afterRefusal: async () => {
        if ((await this.afterRefusedReplace(job, writeId)) === "done") return "done";
        for (const task of tasks) await this.beside.tasks.afterRefusedReplace(task, writeId);
        return "again";
      },
    });
  }
}
