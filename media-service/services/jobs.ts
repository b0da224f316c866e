import { AssetOptions, type Asset } from "../domain/asset";
import { InvalidInputError } from "../domain/errors";
import type { Job } from "../domain/job";
import { jobHasEnded, JobState, jobStateName, stateAfterCancel } from "../domain/job-state";
import type { Task } from "../domain/task";
import { type AccountDeps, required } from "./account-deps";
import { changeJob } from "./change-job";
import { endAsCanceled } from "./end-job";
import { makeJobReady } from "./job-readiness";
import { withTemplateTasks } from "./job-templates";
import { livingAsset } from "./living-asset";
import { checkInputCount, type NewJob, planJob } from "./new-job";
import { clearConfiguration } from "./protected-configuration";
import { updateEntity } from "./update-entity";

/**
 * Makes a job with its tasks and output assets, and hands it to the workers. The job and its tasks are
 * one write; what comes after it is found and done by any process if this one ends before.
 *
 * @throws InvalidInputError saying what of the job can't be.
 * @throws NotFoundError when an input asset or a media processor does not exist.
 */
export async function createJob(
  deps: AccountDeps,
  asked: NewJob,
): Promise<{ job: Job; tasks: readonly Task[] }> {
  const wanted = await withTemplateTasks(deps, asked);
  // Before they are looked up one by one.
  checkInputCount(wanted);
  const inputs: Asset[] = [];
  for (const id of wanted.inputAssetIds) inputs.push(await usableInput(deps, id));
  const { job, tasks } = planJob(deps, wanted, inputs);
  // What can't be decrypted now can't be later; the result is not kept.
  for (const task of tasks) await clearConfiguration(deps, task);
  await requireEndPoints(deps, wanted);
  await deps.stores.jobs.insertWithTasks(job, tasks);
  await makeJobReady(deps, job);
  return { job, tasks };
}

/**
 * Changes a job's priority.
 *
 * @throws InvalidInputError when it is not waiting any more.
 */
export async function updateJob(
  { stores, clock }: AccountDeps,
  id: string,
  { priority }: { priority: number },
): Promise<void> {
  await updateEntity(stores.jobs, id, (job) => {
    if (priority === job.priority) return job;
    if (job.state !== JobState.queued) {
      throw new InvalidInputError(
        "Job's priority can only be changed if the job is in Queued state",
      );
    }
    return { ...job, priority, lastModified: clock.now() };
  });
}

/**
 * Asks for a job to be canceled: one that waits ends at once, one that runs when its worker notices.
 *
 * @throws InvalidInputError when it is being canceled or has ended.
 * @throws NotFoundError when there is none.
 */
export async function cancelJob(deps: AccountDeps, id: string): Promise<void> {
  const job = await changeJob(deps, id, ({ state }) => ({ state: stateAfterCancel(state) }));
  // Nobody has taken it up; a worker that does now finds it canceling, and ends it the same way.
  if (job.startTime === null) await endAsCanceled(deps, id);
}

/**
 * Deletes a job that has ended, with its tasks; its assets stay.
 *
 * @throws InvalidInputError when it has not ended.
 * @throws NotFoundError when there is none.
 */
export async function deleteJob({ stores }: AccountDeps, id: string): Promise<void> {
  const { value: job } = await required(stores.jobs, id);
  if (!jobHasEnded(job.state)) {
    throw new InvalidInputError(
      `The job is ${jobStateName(job.state)}: only one that is Finished, Canceled or in Error can be deleted`,
    );
  }
  for (const { value } of await stores.tasks.find("job", job.id)) {
    await stores.tasks.delete(value.id);
  }
  await stores.jobs.delete(job.id);
}

async function requireEndPoints(
  { stores }: AccountDeps,
  { notifications, tasks }: NewJob,
): Promise<void> {
  const subscriptions = [...notifications, ...tasks.flatMap((task) => task.notifications)];
  for (const id of new Set(subscriptions.map((one) => one.notificationEndPointId))) {
    await required(stores.notificationEndPoints, id);
  }
}

async function usableInput(deps: AccountDeps, id: string): Promise<Asset> {
  const asset = await livingAsset(deps, id);
  if (asset.options === AssetOptions.storageEncrypted) {
    throw new InvalidInputError(`Asset '${id}' is StorageEncrypted, which can't be read here`);
  }
  const files = await deps.stores.files.find("parent", asset.id);
  if (files.length !== 1 && !files.some(({ value }) => value.isPrimary)) {
    throw new InvalidInputError(
      `Asset '${id}' has ${files.length} files and no primary one: it can't be told what to encode`,
    );
  }
  return asset;
}
