import { TaskState } from "../../domain/job-state";
import type { Task, TaskEncryption } from "../../domain/task";
import type { WireEntity } from "../../odata/edm";

// Clients compare with exactly this word.
const NOT_ENCRYPTED: TaskEncryption = {
  keyId: null,
  scheme: "None",
  version: null,
  initializationVector: null,
};

/** A task as clients see it at a moment. */
export function taskToWire(task: Task, now: Date): WireEntity {
  const startTime = task.state === TaskState.running ? task.startTime : null;
  const encryption = task.encryption ?? NOT_ENCRYPTED;
  return {
    Id: task.id,
    Configuration: task.configuration,
    EndTime: task.endTime,
    ErrorDetails: task.errorDetails.map(({ code, message }) => ({ Code: code, Message: message })),
    HistoricalEvents: task.historicalEvents.map(({ code, message, timeStamp }) => ({
      Code: code,
      Message: message,
      TimeStamp: new Date(timeStamp),
    })),
    MediaProcessorId: task.mediaProcessorId,
    Name: task.name,
    PerfMessage: task.perfMessage,
    Priority: task.priority,
    Progress: task.progress,
    RunningDuration:
      startTime === null ? task.runningMilliseconds : now.getTime() - startTime.getTime(),
    StartTime: task.startTime,
    State: task.state,
    TaskBody: task.taskBody,
    Options: task.options,
    TaskNotificationSubscriptions: (task.notifications ?? []).map((subscription) => ({
      NotificationEndPointId: subscription.notificationEndPointId,
      TargetTaskState: subscription.targetTaskState,
      IncludeTaskProgress: subscription.includeTaskProgress,
    })),
    EncryptionKeyId: encryption.keyId,
    EncryptionScheme: encryption.scheme,
    EncryptionVersion: encryption.version,
    InitializationVector: encryption.initializationVector,
  };
}
