import type { JobTemplate, TaskTemplate } from "../domain/job-template";
import { byName, dated } from "./entity-definitions";
import type { EntityDefinition } from "./table-entity-store";

/** How job templates are kept. */
export const JOB_TEMPLATES: EntityDefinition<JobTemplate, "name"> = {
  kind: "template",
  idKind: "jtid",
  columns: {
    name: "string",
    body: "text",
    numberOfInputAssets: "int32",
    templateType: "int32",
    ...dated,
  },
  indexes: { name: byName },
};

/** How task templates are kept. */
export const TASK_TEMPLATES: EntityDefinition<TaskTemplate, "jobTemplate"> = {
  kind: "task",
  idKind: "ttid",
  columns: {
    jobTemplateId: "string",
    position: "int32",
    name: "string",
    description: "text",
    configuration: "text",
    mediaProcessorId: "string",
    options: "int32",
    encryption: "json",
    numberOfInputAssets: "int32",
    numberOfOutputAssets: "int32",
    ...dated,
  },
  indexes: { jobTemplate: { value: (task) => task.jobTemplateId } },
};
