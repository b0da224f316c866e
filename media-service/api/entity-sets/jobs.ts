import type { Job } from "../../domain/job";
import { JobState } from "../../domain/job-state";
import type { EntityType, WireEntity } from "../../odata/edm";
import type { EntityBody } from "../../odata/entity-body";
import { type AccountDeps, required } from "../../services/account-deps";
import { createJob, deleteJob, updateJob } from "../../services/jobs";
import type { NewJob, NewTask } from "../../services/new-job";
import { tasksOf } from "../../services/tasks-of";
import type { EntitySet } from "../entity-set";
import { linkedId } from "../linked-id";
import { storedCandidates } from "../stored-candidates";
import { readTaskEncryption } from "../task-encryption";
import { assetsToWire } from "../wire/assets-to-wire";
import { taskToWire } from "../wire/task-to-wire";

const JOB: EntityType = {
  setName: "Jobs",
  typeName: "Job",
  properties: {
    Id: { type: "Edm.String" },
    Name: { type: "Edm.String", write: "create" },
    Created: { type: "Edm.DateTime" },
    LastModified: { type: "Edm.DateTime" },
    EndTime: { type: "Edm.DateTime" },
    Priority: { type: "Edm.Int32", write: "always" },
    RunningDuration: { type: "Edm.Double" },
    StartTime: { type: "Edm.DateTime" },
    State: { type: "Edm.Int32" },
    TemplateId: { type: "Edm.String", write: "create" },
    JobNotificationSubscriptions: {
      type: {
        complex: "JobNotificationSubscription",
        collection: true,
        properties: { NotificationEndPointId: "Edm.String", TargetJobState: "Edm.Int32" },
      },
      write: "create",
    },
  },
  navigations: {
    Tasks: { target: "Tasks", many: true, inline: true },
    OutputMediaAssets: { target: "Assets", many: true },
    InputMediaAssets: { target: "Assets", many: true },
  },
};

/** The `Jobs` entity set. */
export function jobSet(deps: AccountDeps): EntitySet {
  const { jobs } = deps.stores;
  const toWire = (job: Job): WireEntity => jobToWire(job, deps.clock.now());
  return {
    type: JOB,
    idKind: "jid",
    get: async (id) => toWire((await required(jobs, id)).value),
    candidates: storedCandidates({
      store: jobs,
      toWire,
      indexes: { Name: { index: "name" } },
      columns: {
        ...{ Name: "name", State: "state", Priority: "priority", Created: "created" },
        ...{ LastModified: "lastModified", StartTime: "startTime", EndTime: "endTime" },
      },
    }),
    async navigate(id, property) {
      const { value: job } = await required(jobs, id);
      if (property === "Tasks") {
        const now = deps.clock.now();
        return (await tasksOf(deps, job.id)).map((task) => taskToWire(task, now));
      }
      const ids = property === "InputMediaAssets" ? job.inputAssetIds : job.outputAssetIds;
      return assetsToWire(deps, ids);
    },
    createStartsWork: true,
    async create(body) {
      const { job } = await createJob(deps, newJob(body));
      return toWire(job);
    },
    async update(id, body) {
      const priority = body.number("Priority");
      if (priority !== null) await updateJob(deps, id, { priority });
    },
    delete: (id) => deleteJob(deps, id),
  };
}

function jobToWire(job: Job, now: Date): WireEntity {
  const startTime = job.state === JobState.processing ? job.startTime : null;
  return {
    Id: job.id,
    Name: job.name,
    Created: job.created,
    LastModified: job.lastModified,
    EndTime: job.endTime,
    Priority: job.priority,
    RunningDuration:
      startTime === null ? job.runningMilliseconds : now.getTime() - startTime.getTime(),
    StartTime: job.startTime,
    State: job.state,
    TemplateId: job.templateId,
    JobNotificationSubscriptions: job.notifications.map((subscription) => ({
      NotificationEndPointId: subscription.notificationEndPointId,
      TargetJobState: subscription.targetJobState,
    })),
  };
}

function newJob(body: EntityBody): NewJob {
  const subscriptions = body.complexItems("JobNotificationSubscriptions");
  return {
    name: body.string("Name"),
    priority: body.number("Priority") ?? 0,
    templateId: body.string("TemplateId") === "" ? null : body.string("TemplateId"),
    inputAssetIds: (body.links.get("InputMediaAssets") ?? []).map((uri) => linkedId(uri, "Assets")),
    notifications: subscriptions.map((values) => ({
      notificationEndPointId: textOf(values["NotificationEndPointId"]),
      targetJobState: Number(values["TargetJobState"] ?? 0),
    })),
    tasks: (body.nested.get("Tasks") ?? []).map(newTask),
  };
}

function newTask(body: EntityBody): NewTask {
  return {
    name: body.string("Name"),
    configuration: body.string("Configuration") ?? "",
    mediaProcessorId: body.requiredString("MediaProcessorId"),
    taskBody: body.requiredString("TaskBody"),
    options: body.number("Options") ?? 0,
    encryption: readTaskEncryption(body),
    notifications: body.complexItems("TaskNotificationSubscriptions").map((values) => ({
      notificationEndPointId: textOf(values["NotificationEndPointId"]),
      targetTaskState: Number(values["TargetTaskState"] ?? 0),
      includeTaskProgress: values["IncludeTaskProgress"] === true,
    })),
    priority: body.number("Priority"),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
