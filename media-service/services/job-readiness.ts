import { type Asset, assetContainer } from "../domain/asset";
import { ConflictError, NotFoundError } from "../domain/errors";
import { guidOf } from "../domain/ids";
import type { Job } from "../domain/job";
import { JobState, taskHasEnded } from "../domain/job-state";
import type { OutputAssetRequest } from "../domain/task";
import type { AccountDeps } from "./account-deps";
import { ensureContainer } from "./living-asset";
import { updateEntity } from "./update-entity";

// Younger jobs are still in the hands of the process that makes them.
const ABANDONED_AFTER_MILLISECONDS = 10_000;

/**
 * Makes a new job's output assets and sends its message. Each step can be repeated: a job counts as
 * pending until all are done, so whoever finds it goes on.
 */
export async function makeJobReady(deps: AccountDeps, job: Job): Promise<void> {
  await makeOutputAssets(deps, job);
  if (job.state === JobState.queued) await deps.queue.send(job.id);
  await updateEntity(deps.stores.jobs, job.id, (current) =>
    current.pending ? { ...current, pending: false } : current,
  );
}

/** Makes those output assets of a job that are missing, with their containers. */
export async function makeOutputAssets(deps: AccountDeps, job: Job): Promise<void> {
  for (const { value: task } of await deps.stores.tasks.find("job", job.id)) {
    // What a task has left behind is its client's, or was deleted with reason.
    if (taskHasEnded(task.state)) continue;
    const parents = task.inputAssetIds.filter((id) => job.inputAssetIds.includes(id));
    for (const output of task.outputs) {
      const parentAssetIds = parents.length > 0 ? parents : job.inputAssetIds;
      await ensureContainer(deps, await outputAsset(deps, output, parentAssetIds));
    }
  }
}

/** Goes on with jobs that the process which made them did not bring to the workers. */
export async function resumePendingJobs(deps: AccountDeps): Promise<number> {
  const before = deps.clock.now().getTime() - ABANDONED_AFTER_MILLISECONDS;
  let resumed = 0;
  for (const { value: job } of await deps.stores.jobs.find("pending", "true")) {
    if (job.created.getTime() > before) continue;
    try {
      await makeJobReady(deps, job);
      resumed++;
    } catch (cause) {
      // Deleted meanwhile: nothing is left to be done.
      if (!(cause instanceof NotFoundError)) throw cause;
    }
  }
  return resumed;
}

async function outputAsset(
  deps: AccountDeps,
  { assetId, name, options, formatOption }: OutputAssetRequest,
  parentAssetIds: readonly string[],
): Promise<Asset> {
  const existing = await deps.stores.assets.get(assetId);
  if (existing !== undefined) return existing.value;
  const now = deps.clock.now();
  const asset: Asset = {
    ...{ id: assetId, name, options, formatOption, parentAssetIds },
    alternateId: null,
    state: 0,
    created: now,
    lastModified: now,
    storageAccountName: deps.account.storageAccountName,
    container: assetContainer(guidOf("cid", assetId)),
    containerReady: false,
    deleting: false,
  };
  try {
    await deps.stores.assets.insert(asset);
  } catch (cause) {
    // Another process makes the same job ready.
    if (!(cause instanceof ConflictError)) throw cause;
  }
  return asset;
}
