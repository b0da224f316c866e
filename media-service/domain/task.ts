/** One line of a task's history. */
export interface HistoricalEvent {
  readonly code: string;
  readonly message: string | null;
  /** ISO 8601, UTC. */
  readonly timeStamp: string;
}

/** Why a task ended in Error. */
export interface ErrorDetail {
  readonly code: string;
  readonly message: string;
}

/** An output asset that a task's body asks for. */
export interface OutputAssetRequest {
  readonly assetId: string;
  readonly name: string;
  readonly options: number;
  readonly formatOption: number;
}

/** How a task's configuration is encrypted, as the client said it. */
export interface TaskEncryption {
  readonly keyId: string | null;
  readonly scheme: string | null;
  readonly version: string | null;
  readonly initializationVector: string | null;
}

/** A subscription to a task's changes of state, and perhaps its progress. */
export interface TaskNotificationSubscription {
  readonly notificationEndPointId: string;
  /** 0 none, 1 final states only, 2 all. */
  readonly targetTaskState: number;
  readonly includeTaskProgress: boolean;
}

/** Media Services v2, "Task": one run of a media processor. */
export interface Task {
  readonly id: string;
  readonly jobId: string;
  /** Place in the job, from 0. */
  readonly position: number;
  readonly name: string | null;
  /** Preset name, JSON or XML; base64 where it is encrypted. */
  readonly configuration: string;
  readonly mediaProcessorId: string;
  readonly taskBody: string;
  readonly options: number;
  readonly encryption: TaskEncryption | null;
  readonly notifications: readonly TaskNotificationSubscription[] | null;
  readonly priority: number;
  /** One of TaskState. */
  readonly state: number;
  /** 0 to 100. */
  readonly progress: number;
  readonly startTime: Date | null;
  readonly endTime: Date | null;
  readonly runningMilliseconds: number;
  readonly perfMessage: string | null;
  readonly errorDetails: readonly ErrorDetail[];
  readonly historicalEvents: readonly HistoricalEvent[];
  readonly inputAssetIds: readonly string[];
  readonly outputs: readonly OutputAssetRequest[];
}
