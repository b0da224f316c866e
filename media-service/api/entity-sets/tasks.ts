import type { Task } from "../../domain/task";
import type { EntityType, WireEntity } from "../../odata/edm";
import { type AccountDeps, required } from "../../services/account-deps";
import type { EntitySet } from "../entity-set";
import { storedCandidates } from "../stored-candidates";
import { assetsToWire } from "../wire/assets-to-wire";
import { taskToWire } from "../wire/task-to-wire";

const TASK: EntityType = {
  setName: "Tasks",
  typeName: "Task",
  properties: {
    Id: { type: "Edm.String" },
    Configuration: { type: "Edm.String", write: "create" },
    EndTime: { type: "Edm.DateTime" },
    ErrorDetails: {
      type: {
        complex: "ErrorDetail",
        collection: true,
        properties: { Code: "Edm.String", Message: "Edm.String" },
      },
    },
    HistoricalEvents: {
      type: {
        complex: "TaskHistoricalEvent",
        collection: true,
        properties: { Code: "Edm.String", Message: "Edm.String", TimeStamp: "Edm.DateTime" },
      },
    },
    MediaProcessorId: { type: "Edm.String", write: "create" },
    Name: { type: "Edm.String", write: "create" },
    PerfMessage: { type: "Edm.String" },
    Priority: { type: "Edm.Int32", write: "create" },
    Progress: { type: "Edm.Double" },
    RunningDuration: { type: "Edm.Double" },
    StartTime: { type: "Edm.DateTime" },
    State: { type: "Edm.Int32" },
    TaskBody: { type: "Edm.String", write: "create" },
    Options: { type: "Edm.Int32", write: "create" },
    TaskNotificationSubscriptions: {
      type: {
        complex: "TaskNotificationSubscription",
        collection: true,
        properties: {
          NotificationEndPointId: "Edm.String",
          TargetTaskState: "Edm.Int32",
          IncludeTaskProgress: "Edm.Boolean",
        },
      },
      write: "create",
    },
    EncryptionKeyId: { type: "Edm.String", write: "create" },
    EncryptionScheme: { type: "Edm.String", write: "create" },
    EncryptionVersion: { type: "Edm.String", write: "create" },
    InitializationVector: { type: "Edm.String", write: "create" },
  },
  navigations: {
    OutputMediaAssets: { target: "Assets", many: true },
    InputMediaAssets: { target: "Assets", many: true },
  },
};

/** The `Tasks` entity set; tasks are made with their job. */
export function taskSet(deps: AccountDeps): EntitySet {
  const { tasks } = deps.stores;
  const toWire = (task: Task): WireEntity => taskToWire(task, deps.clock.now());
  return {
    type: TASK,
    get: async (id) => toWire((await required(tasks, id)).value),
    candidates: storedCandidates({
      store: tasks,
      toWire,
      columns: {
        ...{ Name: "name", State: "state", Priority: "priority" },
        ...{ StartTime: "startTime", EndTime: "endTime" },
      },
    }),
    async navigate(id, property) {
      const { value: task } = await required(tasks, id);
      const outputs = task.outputs.map(({ assetId }) => assetId);
      return assetsToWire(deps, property === "InputMediaAssets" ? task.inputAssetIds : outputs);
    },
  };
}
