import { JobState } from "./job-state";

/** A subscription to a job's changes of state. */
export interface JobNotificationSubscription {
  readonly notificationEndPointId: string;
  /** 0 none, 1 final states only, 2 all. */
  readonly targetJobState: number;
}

/** Whether a job waits for a worker and is to be taken up before those of the usual priority, 0. */
export function waitsBeforeOthers({ state, priority }: Pick<Job, "state" | "priority">): boolean {
  return state === JobState.queued && priority > 0;
}

/** Media Services v2, "Job": tasks over input assets. */
export interface Job {
  readonly id: string;
  readonly name: string | null;
  readonly created: Date;
  readonly lastModified: Date;
  readonly startTime: Date | null;
  readonly endTime: Date | null;
  /** One of JobState. */
  readonly state: number;
  readonly priority: number;
  readonly runningMilliseconds: number;
  readonly templateId: string | null;
  readonly inputAssetIds: readonly string[];
  readonly outputAssetIds: readonly string[];
  readonly notifications: readonly JobNotificationSubscription[];
  /**
   * Whether something is still to be done so that a worker takes the job up: its output assets to be
   * made, its message to be sent. Whoever finds a pending job goes on with it.
   */
  readonly pending: boolean;
}
