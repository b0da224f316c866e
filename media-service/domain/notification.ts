import { isIP } from "node:net";
import { InvalidInputError } from "./errors";
import type { Job } from "./job";
import { jobHasEnded, jobStateName } from "./job-state";
import type { Task } from "./task";

/** Media Services v2, "NotificationEndPoint": where a client is told of jobs. */
export interface NotificationEndPoint {
  readonly id: string;
  readonly name: string;
  /** One of {@link EndPointType}. */
  readonly type: number;
  /** Name of a queue, or a URL. */
  readonly address: string;
  /** Base64, encrypted for the account's certificate; webhooks are signed with what is in it. */
  readonly encryptedCredential: string | null;
  readonly protectionKeyId: string | null;
  readonly created: Date;
}

/** Values of a notification end point's EndPointType. */
export const EndPointType = { none: 0, azureQueue: 1, azureTable: 2, webHook: 3 } as const;

/** Values of a message's EventType. */
export const EventType = {
  jobStateChange: 1,
  endPointRegistration: 2,
  endPointUnregistration: 3,
  taskStateChange: 4,
  taskProgress: 5,
} as const;

/** Values of TargetJobState and TargetTaskState. */
const Target = { finalStatesOnly: 1, all: 2 } as const;

/** Something that an end point is still to be told of. */
export interface Notice {
  readonly id: string;
  readonly endPointId: string;
  /** One of {@link EventType}. */
  readonly eventType: number;
  /** What happened, as it goes into the message. */
  readonly properties: Readonly<Record<string, string>>;
  readonly created: Date;
  /** How often it was tried to deliver it. */
  readonly attempts: number;
  /** Nobody tries before. */
  readonly notBefore: Date;
}

/** A notice without what only its storing gives it. */
export type NewNotice = Pick<Notice, "endPointId" | "eventType" | "properties">;

// A change of a job is one write of 100 rows: the job, up to 30 tasks, and what is to be told of them.
const MAX_SUBSCRIPTIONS = 50;
const MAX_NAME_LENGTH = 4000;
const MAX_URL_LENGTH = 2048;
// Azure Storage, "Naming queues and metadata".
const QUEUE_NAME = /^(?=.{3,63}$)[a-z0-9](?:-?[a-z0-9])*$/;
const LOOPBACK_NAMES = /^(?:localhost|.*\.localhost)\.?$/i;

/**
 * Checks what a client chose of an end point. Where a webhook's host name leads to is checked again each
 * time it is called.
 *
 * @throws InvalidInputError naming the property.
 */
export function checkEndPoint(
  { type, name, address }: Pick<NotificationEndPoint, "type" | "name" | "address">,
  reserved: { readonly queues: readonly string[]; readonly isForbidden: (ip: string) => boolean },
): void {
  if (name === "" || name.length > MAX_NAME_LENGTH) {
    throw new InvalidInputError(`Name must have 1 to ${MAX_NAME_LENGTH} characters`);
  }
  if (type === EndPointType.webHook) {
    checkWebHook(address, reserved.isForbidden);
  } else if (type === EndPointType.azureQueue) {
    if (!QUEUE_NAME.test(address) || reserved.queues.includes(address)) {
      throw new InvalidInputError(
        `EndPointAddress: '${address.slice(0, 100)}' is not the name of a queue of a client's own`,
      );
    }
  } else {
    throw new InvalidInputError(
      `EndPointType must be 1 (AzureQueue) or 3 (WebHook); ${type} is not offered`,
    );
  }
}

function checkWebHook(address: string, isForbidden: (ip: string) => boolean): void {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!["https:", "http:"].includes(url?.protocol ?? "") || address.length > MAX_URL_LENGTH) {
    throw new InvalidInputError(
      `EndPointAddress must be an http(s) address of at most ${MAX_URL_LENGTH} characters`,
    );
  }
  if (url !== undefined) checkWebHookUrl(url, isForbidden);
}

function checkWebHookUrl(url: URL, isForbidden: (ip: string) => boolean): void {
  if (url.username !== "" || url.password !== "") {
    throw new InvalidInputError("EndPointAddress must have no user name and no password in it");
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const ip = LOOPBACK_NAMES.test(host) ? "127.0.0.1" : host;
  if (isIP(ip) !== 0 && isForbidden(ip)) {
    throw new InvalidInputError(`EndPointAddress: '${host}' is an address that may not be called`);
  }
}

/**
 * Checks what is subscribed to on a job with its tasks.
 *
 * @throws InvalidInputError when it is too much, or nothing is asked for.
 */
export function checkSubscriptions(
  job: Pick<Job, "notifications">,
  tasks: readonly Pick<Task, "notifications">[],
): void {
  const ofTasks = tasks.flatMap(({ notifications }) => notifications ?? []);
  if (job.notifications.length + ofTasks.length > MAX_SUBSCRIPTIONS) {
    throw new InvalidInputError(
      `A job and its tasks may have at most ${MAX_SUBSCRIPTIONS} subscriptions`,
    );
  }
  for (const { targetJobState } of job.notifications) checkTarget("TargetJobState", targetJobState);
  for (const { targetTaskState, includeTaskProgress } of ofTasks) {
    if (!includeTaskProgress) checkTarget("TargetTaskState", targetTaskState);
  }
}

function checkTarget(property: string, target: number): void {
  if (target !== Target.finalStatesOnly && target !== Target.all) {
    throw new InvalidInputError(
      `NotificationSubscription.${property} must be 1 (FinalStatesOnly) or 2 (All), not ${target}`,
    );
  }
}

/** What the subscribers of a job are told of a change. */
export function jobNotices(before: Pick<Job, "state">, after: Job): NewNotice[] {
  if (before.state === after.state) return [];
  return after.notifications
    .filter(({ targetJobState }) => wants(targetJobState, after.state))
    .map(({ notificationEndPointId }) => ({
      endPointId: notificationEndPointId,
      eventType: EventType.jobStateChange,
      properties: { JobId: after.id, ...states(before.state, after.state) },
    }));
}

/** What the subscribers of a task are told of a change. */
export function taskNotices(before: Task, after: Task): NewNotice[] {
  const ids = { JobId: after.jobId, TaskId: after.id };
  return (after.notifications ?? []).flatMap((subscription): NewNotice[] => {
    const endPointId = subscription.notificationEndPointId;
    if (before.state !== after.state) {
      if (!wants(subscription.targetTaskState, after.state)) return [];
      const properties = { ...ids, ...states(before.state, after.state) };
      return [{ endPointId, eventType: EventType.taskStateChange, properties }];
    }
    const isFurther = Math.floor(before.progress) !== Math.floor(after.progress);
    if (!subscription.includeTaskProgress || !isFurther) return [];
    const properties = { ...ids, Progress: Math.floor(after.progress).toString() };
    return [{ endPointId, eventType: EventType.taskProgress, properties }];
  });
}

function wants(target: number, state: number): boolean {
  return target === Target.all || (target === Target.finalStatesOnly && jobHasEnded(state));
}

// Tasks have the numbers of jobs and are told of by the jobs' names, as in the service's own messages.
function states(before: number, after: number): { OldState: string; NewState: string } {
  return { OldState: jobStateName(before), NewState: jobStateName(after) };
}
