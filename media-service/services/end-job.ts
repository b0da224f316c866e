import { NotFoundError } from "../domain/errors";
import type { Job } from "../domain/job";
import { jobHasEnded, JobState, taskHasEnded, TaskState } from "../domain/job-state";
import { inRunOrder } from "../domain/run-order";
import type { Task } from "../domain/task";
import type { AccountDeps } from "./account-deps";
import { deleteAsset } from "./assets";
import { changeJob } from "./change-job";
import { tasksOf } from "./tasks-of";

// Media Services v2, TaskOptions: DoNotDeleteOutputAssetOnFailure.
const KEEP_OUTPUT_ON_FAILURE = 2;
// Media Services v2, TaskOptions: DoNotCancelOnJobFailure.
const GO_ON_AFTER_FAILURE = 4;

/** Ends a job as canceled, unless it has ended or is gone. */
export async function endAsCanceled(deps: AccountDeps, jobId: string): Promise<void> {
  const job = (await deps.stores.jobs.get(jobId))?.value;
  if (job === undefined || jobHasEnded(job.state)) return;
  await deleteOutputs(deps, job);
  try {
    await changeJob(deps, jobId, ({ state }) =>
      jobHasEnded(state) ? {} : { state: JobState.canceled },
    );
  } catch (cause) {
    if (!(cause instanceof NotFoundError)) throw cause;
  }
}

/**
 * The ids of the tasks that go on when one has failed: those that their client does not want to be
 * canceled, and that need nothing of a task that makes nothing any more.
 */
export function tasksThatGoOn(tasks: readonly Task[], failedId: string): Set<string> {
  const going = new Set<string>();
  const lost = new Set<string>();
  for (const task of inRunOrder(tasks)) {
    if (task.state === TaskState.completed) continue;
    const isAsked = (task.options & GO_ON_AFTER_FAILURE) !== 0 && !taskHasEnded(task.state);
    const isLost = task.id === failedId || task.inputAssetIds.some((id) => lost.has(id));
    if (isAsked && !isLost) going.add(task.id);
    else for (const { assetId } of task.outputs) lost.add(assetId);
  }
  return going;
}

/**
 * Deletes what a job that did not get to its end has made, but for the outputs of tasks that did, or
 * whose client wants to keep them. To be called before the job's end is noted: if this process
 * ends in between, the job is taken up again, and ended again.
 */
export async function deleteOutputs(
  deps: AccountDeps,
  job: Job,
  goingOn: ReadonlySet<string> = new Set(),
): Promise<void> {
  for (const task of await tasksOf(deps, job.id)) {
    const isKept = (task.options & KEEP_OUTPUT_ON_FAILURE) !== 0;
    if (isKept || goingOn.has(task.id) || task.state === TaskState.completed) continue;
    for (const { assetId } of task.outputs) {
      if ((await deps.stores.assets.get(assetId)) === undefined) continue;
      await deleteAsset(deps, assetId, { keepContainer: false });
    }
  }
}
