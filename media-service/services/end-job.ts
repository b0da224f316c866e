import { NotFoundError } from "../domain/errors";
import type { Job } from "../domain/job";
import { jobHasEnded, JobState, TaskState } from "../domain/job-state";
import type { AccountDeps } from "./account-deps";
import { deleteAsset } from "./assets";
import { changeJob } from "./change-job";
import { tasksOf } from "./tasks-of";

// Media Services v2, TaskOptions: DoNotDeleteOutputAssetOnFailure.
const KEEP_OUTPUT_ON_FAILURE = 2;

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
 * Deletes what a job that did not get to its end has made, but for the outputs of tasks that did, or
 * whose client wants to keep them. To be called before the job's end is noted: if this process
 * ends in between, the job is taken up again, and ended again.
 */
export async function deleteOutputs(deps: AccountDeps, job: Job): Promise<void> {
  for (const task of await tasksOf(deps, job.id)) {
    const isKept = (task.options & KEEP_OUTPUT_ON_FAILURE) !== 0;
    if (isKept || task.state === TaskState.completed) continue;
    for (const { assetId } of task.outputs) {
      if ((await deps.stores.assets.get(assetId)) === undefined) continue;
      await deleteAsset(deps, assetId, { keepContainer: false });
    }
  }
}
