import type { Asset } from "../domain/asset";
import { AssetOptions, checkAsset } from "../domain/asset";
import { DeniedError, InvalidInputError, NotFoundError } from "../domain/errors";
import { entityId } from "../domain/ids";
import type { Job, JobNotificationSubscription } from "../domain/job";
import { JobState, TaskState } from "../domain/job-state";
import { MEDIA_PROCESSORS } from "../domain/media-processors";
import { checkSubscriptions } from "../domain/notification";
import { inRunOrder } from "../domain/run-order";
import type {
  OutputAssetRequest,
  Task,
  TaskEncryption,
  TaskNotificationSubscription,
} from "../domain/task";
import { parseTaskBody, type TaskBody, type TaskOutput } from "../domain/task-body";
import type { AccountDeps } from "./account-deps";

/** What a client says of a task of a new job. */
export interface NewTask {
  readonly name: string | null;
  readonly configuration: string;
  readonly mediaProcessorId: string;
  readonly taskBody: string;
  readonly options: number;
  readonly encryption: TaskEncryption | null;
  readonly notifications: readonly TaskNotificationSubscription[];
  /** The job's, where it is not given. */
  readonly priority: number | null;
}

/** What a client says of a new job. */
export interface NewJob {
  readonly name: string | null;
  readonly priority: number;
  readonly templateId: string | null;
  readonly inputAssetIds: readonly string[];
  readonly notifications: readonly JobNotificationSubscription[];
  readonly tasks: readonly NewTask[];
}

/** Tasks that one job may have (Media Services v2, "Quotas and limitations"). */
export const MAX_TASKS_PER_JOB = 30;

const MAX_ASSETS_PER_JOB = 100;
const MAX_JOB_NAME_LENGTH = 256;
const MAX_TASK_NAME_LENGTH = 4000;
const MAX_CONFIGURATION_LENGTH = 100_000;
// All rows of a job are one write, which holds 4 MiB.
const MAX_TEXT_LENGTH = 1_000_000;
const LARGEST_OPTIONS = 7;

/**
 * Makes the rows of a job and its tasks; writes nothing.
 *
 * @throws InvalidInputError saying what of the job can't be.
 * @throws NotFoundError when a media processor or a storage account does not exist.
 */
export function planJob(
  { account, clock, newGuid }: Pick<AccountDeps, "account" | "clock" | "newGuid">,
  wanted: NewJob,
  inputs: readonly Asset[],
): { job: Job; tasks: Task[] } {
  checkJob(wanted);
  checkSubscriptions(wanted, wanted.tasks);
  const bodies = wanted.tasks.map((task) => parseTaskBody(task.taskBody));
  const now = clock.now();
  const jobId = entityId("jid", newGuid());
  const outputIds = outputAssetIds(bodies, newGuid);
  const inputIds = inputs.map(({ id }) => id);
  const idOf = ({ from, index }: TaskBody["inputs"][number]): string => {
    const id = from === "JobInputAsset" ? inputIds[index] : outputIds[index];
    if (id === undefined) throw new InvalidInputError(`TaskBody: there is no ${from}(${index})`);
    return id;
  };
  const outputOf = (output: TaskOutput): OutputAssetRequest => {
    if ((output.storageAccountName ?? account.storageAccountName) !== account.storageAccountName) {
      throw new NotFoundError(`There is no storage account '${output.storageAccountName ?? ""}'`);
    }
    return outputRequest(output, outputIds[output.index] ?? "", wanted.name ?? jobId);
  };
  const tasks = wanted.tasks.map((task, position): Task => {
    const body = bodies[position];
    if (body === undefined) throw new Error("Every task has a body");
    return {
      ...newTaskRow(task, wanted.priority),
      id: entityId("tid", newGuid()),
      jobId,
      position,
      // Clients look for at least four events of a task that has ended, whatever its end.
      historicalEvents: ["Created", "Queued"].map((code) => ({
        ...{ code, message: null, timeStamp: now.toISOString() },
      })),
      inputAssetIds: body.inputs.map(idOf),
      outputs: body.outputs.map(outputOf),
    };
  });
  inRunOrder(tasks);
  const { name, priority, templateId, notifications } = wanted;
  const job: Job = {
    ...{ id: jobId, name, priority, templateId, notifications },
    ...{ created: now, lastModified: now, startTime: null, endTime: null },
    ...{ state: JobState.queued, runningMilliseconds: 0, pending: true },
    inputAssetIds: inputIds,
    outputAssetIds: outputIds,
  };
  return { job, tasks };
}

function newTaskRow(
  { priority, ...task }: NewTask,
  jobPriority: number,
): Omit<Task, "id" | "jobId" | "position" | "historicalEvents" | "inputAssetIds" | "outputs"> {
  checkTask(task);
  return {
    ...task,
    priority: priority ?? jobPriority,
    state: TaskState.none,
    progress: 0,
    startTime: null,
    endTime: null,
    runningMilliseconds: 0,
    perfMessage: null,
    errorDetails: [],
  };
}

/**
 * Checks how many assets a job is to read.
 *
 * @throws InvalidInputError when these are none, or too many.
 */
export function checkInputCount({ inputAssetIds }: Pick<NewJob, "inputAssetIds">): void {
  if (inputAssetIds.length === 0 || inputAssetIds.length > MAX_ASSETS_PER_JOB) {
    throw new InvalidInputError(`A job must have 1 to ${MAX_ASSETS_PER_JOB} input assets`);
  }
}

function checkJob({ name, tasks, priority }: NewJob): void {
  if ((name?.length ?? 0) > MAX_JOB_NAME_LENGTH) {
    throw new InvalidInputError(`Name may have at most ${MAX_JOB_NAME_LENGTH} characters`);
  }
  if (tasks.length === 0 || tasks.length > MAX_TASKS_PER_JOB) {
    throw new InvalidInputError(`A job must have 1 to ${MAX_TASKS_PER_JOB} tasks`);
  }
  if (!Number.isInteger(priority)) throw new InvalidInputError("Priority must be a whole number");
  checkTaskTexts(tasks);
}

/**
 * Checks that the texts of a job's tasks fit into one write.
 *
 * @throws InvalidInputError when they don't.
 */
export function checkTaskTexts(
  tasks: readonly Pick<NewTask, "configuration" | "taskBody">[],
): void {
  const length = tasks.reduce(
    (sum, { configuration, taskBody }) => sum + configuration.length + taskBody.length,
    0,
  );
  if (length > MAX_TEXT_LENGTH) {
    throw new InvalidInputError(`A job's tasks may have at most ${MAX_TEXT_LENGTH} characters`);
  }
}

/**
 * Checks what a client chose of a task.
 *
 * @throws InvalidInputError naming the property.
 * @throws NotFoundError when there is no such media processor.
 */
export function checkTask(
  task: Pick<NewTask, "name" | "configuration" | "mediaProcessorId" | "options">,
): void {
  if ((task.name?.length ?? 0) > MAX_TASK_NAME_LENGTH) {
    throw new InvalidInputError(
      `A task's Name may have at most ${MAX_TASK_NAME_LENGTH} characters`,
    );
  }
  if (task.configuration.length > MAX_CONFIGURATION_LENGTH) {
    throw new InvalidInputError(
      `Configuration may have at most ${MAX_CONFIGURATION_LENGTH} characters`,
    );
  }
  if (!Number.isInteger(task.options) || task.options < 0 || task.options > LARGEST_OPTIONS) {
    throw new InvalidInputError(`A task's Options must be a sum of 1, 2 and 4`);
  }
  requireProcessor(task.mediaProcessorId);
}

function requireProcessor(id: string): void {
  const processor = MEDIA_PROCESSORS.find((one) => one.id.toLowerCase() === id.toLowerCase());
  if (processor === undefined) throw new NotFoundError(`There is no media processor '${id}'`);
  if (processor.offered) return;
  throw new DeniedError(
    `The media processor '${processor.name}' is not available here: use 'Media Encoder Standard'`,
  );
}

function outputAssetIds(bodies: readonly TaskBody[], newGuid: () => string): string[] {
  const indexes = bodies.flatMap(({ outputs }) => outputs.map(({ index }) => index));
  const isComplete = indexes.every((_index, n) => indexes.includes(n));
  if (!isComplete || new Set(indexes).size !== indexes.length) {
    throw new InvalidInputError(
      "The job's output assets must be JobOutputAsset(0), (1) and so on, each made by one task",
    );
  }
  if (indexes.length > MAX_ASSETS_PER_JOB) {
    throw new InvalidInputError(`A job may have at most ${MAX_ASSETS_PER_JOB} output assets`);
  }
  return indexes.map(() => entityId("cid", newGuid()));
}

function outputRequest(output: TaskOutput, assetId: string, jobName: string): OutputAssetRequest {
  const { index, assetName, options, formatOption } = output;
  const name = assetName ?? `JobOutputAsset(${index})_${jobName}`;
  checkAsset({ name, options, formatOption, state: 0 });
  if (options !== AssetOptions.none) {
    throw new InvalidInputError("assetCreationOptions must be 0: outputs are not encrypted here");
  }
  return { assetId, name, options, formatOption };
}
