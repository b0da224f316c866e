import { randomUUID } from "node:crypto";
import type { TableClient } from "@azure/data-tables";
import type { Job } from "../domain/job";
import type { Task } from "../domain/task";
import type { JobStore, Replacement } from "../ports/account-stores";
import type { PreparedWrite } from "./commit";
import { JOBS } from "./entity-definitions";
import { TableEntityStore } from "./table-entity-store";

/** Jobs, in one table and partition with their tasks, so that both are written in one step. */
export class TableJobStore extends TableEntityStore<Job, "name" | "pending"> implements JobStore {
  constructor(
    table: TableClient,
    partitionKey: string,
    private readonly tasks: TableEntityStore<Task, "job">,
  ) {
    super(table, partitionKey, JOBS);
  }

  async insertWithTasks(job: Job, tasks: readonly Task[]): Promise<void> {
    const writeId = randomUUID();
    await this.commitInsert([job], writeId, async () =>
      together([
        await this.prepareInsert([job], writeId),
        await this.tasks.prepareInsert(tasks, writeId),
      ]),
    );
  }

  async replaceWithTasks(
    job: Replacement<Job>,
    tasks: readonly Replacement<Task>[],
  ): Promise<void> {
    const writeId = randomUUID();
    await this.commitAndSweep({
      prepare: async () => {
        const writes = [await this.prepareReplace(job, writeId)];
        for (const task of tasks) writes.push(await this.tasks.prepareReplace(task, writeId));
        return together(writes);
      },
      afterRefusal: async () => {
        if ((await this.afterRefusedReplace(job, writeId)) === "done") return "done";
        for (const task of tasks) await this.tasks.afterRefusedReplace(task, writeId);
        return "again";
      },
    });
  }
}

function together(writes: readonly PreparedWrite[]): PreparedWrite {
  return {
    actions: writes.flatMap(({ actions }) => actions),
    emptied: writes.flatMap(({ emptied }) => emptied),
  };
}
