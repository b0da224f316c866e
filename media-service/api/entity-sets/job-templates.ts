import type { JobTemplate, TaskTemplate } from "../../domain/job-template";
import type { EntityType, WireEntity } from "../../odata/edm";
import type { EntityBody } from "../../odata/entity-body";
import { type AccountDeps, required } from "../../services/account-deps";
import {
  createJobTemplate,
  deleteJobTemplate,
  type NewTaskTemplate,
  taskTemplatesOf,
} from "../../services/job-templates";
import type { EntitySet } from "../entity-set";
import { storedCandidates } from "../stored-candidates";
import { readTaskEncryption } from "../task-encryption";

const JOB_TEMPLATE: EntityType = {
  setName: "JobTemplates",
  typeName: "JobTemplate",
  properties: {
    Id: { type: "Edm.String" },
    Name: { type: "Edm.String", write: "create" },
    Created: { type: "Edm.DateTime" },
    LastModified: { type: "Edm.DateTime" },
    JobTemplateBody: { type: "Edm.String", write: "create" },
    NumberofInputAssets: { type: "Edm.Int32", write: "create" },
    TemplateType: { type: "Edm.Int32", write: "create" },
  },
  navigations: { TaskTemplates: { target: "TaskTemplates", many: true, inline: true } },
};

const TASK_TEMPLATE: EntityType = {
  setName: "TaskTemplates",
  typeName: "TaskTemplate",
  properties: {
    Id: { type: "Edm.String", write: "create" },
    Configuration: { type: "Edm.String", write: "create" },
    Created: { type: "Edm.DateTime" },
    Description: { type: "Edm.String", write: "create" },
    LastModified: { type: "Edm.DateTime" },
    MediaProcessorId: { type: "Edm.String", write: "create" },
    Name: { type: "Edm.String", write: "create" },
    NumberofInputAssets: { type: "Edm.Int32", write: "create" },
    NumberofOutputAssets: { type: "Edm.Int32", write: "create" },
    Options: { type: "Edm.Int32", write: "create" },
    EncryptionKeyId: { type: "Edm.String", write: "create" },
    EncryptionScheme: { type: "Edm.String", write: "create" },
    EncryptionVersion: { type: "Edm.String", write: "create" },
    InitializationVector: { type: "Edm.String", write: "create" },
  },
  navigations: {},
};

/** The `JobTemplates` entity set. */
export function jobTemplateSet(deps: AccountDeps): EntitySet {
  const { jobTemplates } = deps.stores;
  return {
    type: JOB_TEMPLATE,
    idKind: "jtid",
    get: async (id) => jobTemplateToWire((await required(jobTemplates, id)).value),
    candidates: storedCandidates({
      store: jobTemplates,
      toWire: jobTemplateToWire,
      indexes: { Name: { index: "name" } },
    }),
    async navigate(id) {
      const { value } = await required(jobTemplates, id);
      return (await taskTemplatesOf(deps, value.id)).map(taskTemplateToWire);
    },
    async create(body) {
      const template = await createJobTemplate(deps, {
        name: body.string("Name"),
        body: body.requiredString("JobTemplateBody"),
        numberOfInputAssets: body.number("NumberofInputAssets"),
        templateType: body.requiredNumber("TemplateType"),
        tasks: (body.nested.get("TaskTemplates") ?? []).map(newTaskTemplate),
      });
      return jobTemplateToWire(template);
    },
    delete: (id) => deleteJobTemplate(deps, id),
  };
}

/** The `TaskTemplates` entity set; they are made and deleted with their job template. */
export function taskTemplateSet({ stores }: Pick<AccountDeps, "stores">): EntitySet {
  return {
    type: TASK_TEMPLATE,
    get: async (id) => taskTemplateToWire((await required(stores.taskTemplates, id)).value),
    candidates: storedCandidates({ store: stores.taskTemplates, toWire: taskTemplateToWire }),
  };
}

function newTaskTemplate(body: EntityBody): NewTaskTemplate {
  return {
    id: body.requiredString("Id"),
    name: body.string("Name"),
    description: body.string("Description"),
    configuration: body.string("Configuration") ?? "",
    mediaProcessorId: body.requiredString("MediaProcessorId"),
    options: body.number("Options") ?? 0,
    encryption: readTaskEncryption(body),
    numberOfInputAssets: body.number("NumberofInputAssets") ?? 1,
    numberOfOutputAssets: body.number("NumberofOutputAssets") ?? 1,
  };
}

function jobTemplateToWire(template: JobTemplate): WireEntity {
  return {
    Id: template.id,
    Name: template.name,
    Created: template.created,
    LastModified: template.lastModified,
    JobTemplateBody: template.body,
    NumberofInputAssets: template.numberOfInputAssets,
    TemplateType: template.templateType,
  };
}

function taskTemplateToWire(task: TaskTemplate): WireEntity {
  return {
    Id: task.id,
    Configuration: task.configuration,
    Created: task.created,
    Description: task.description,
    LastModified: task.lastModified,
    MediaProcessorId: task.mediaProcessorId,
    Name: task.name,
    NumberofInputAssets: task.numberOfInputAssets,
    NumberofOutputAssets: task.numberOfOutputAssets,
    Options: task.options,
    EncryptionKeyId: task.encryption?.keyId ?? null,
    EncryptionScheme: task.encryption?.scheme ?? null,
    EncryptionVersion: task.encryption?.version ?? null,
    InitializationVector: task.encryption?.initializationVector ?? null,
  };
}
