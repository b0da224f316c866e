import { randomUUID } from "node:crypto";
import type { TableClient } from "@azure/data-tables";
import type { JobTemplate, TaskTemplate } from "../domain/job-template";
import type { JobTemplateStore } from "../ports/account-stores";
import { together } from "./commit";
import { JOB_TEMPLATES } from "./job-template-definitions";
import { TableEntityStore } from "./table-entity-store";

/** Job templates, in one table and partition with their task templates. */
export class TableJobTemplateStore
  extends TableEntityStore<JobTemplate, "name">
  implements JobTemplateStore
{
  constructor(
    table: TableClient,
    partitionKey: string,
    private readonly tasks: TableEntityStore<TaskTemplate, "jobTemplate">,
  ) {
    super(table, partitionKey, JOB_TEMPLATES);
  }

  async insertWithTasks(template: JobTemplate, tasks: readonly TaskTemplate[]): Promise<void> {
    const writeId = randomUUID();
    await this.commitInsert([template], writeId, async () =>
      together([
        await this.prepareInsert([template], writeId),
        await this.tasks.prepareInsert(tasks, writeId),
      ]),
    );
  }
}
