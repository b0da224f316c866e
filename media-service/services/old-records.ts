import { jobHasEnded } from "../domain/job-state";
import type { AccountDeps } from "./account-deps";
import { deleteJob } from "./jobs";

// Media Services v2, "Quotas and limitations": records older than 90 days are deleted.
const KEPT_MILLISECONDS = 90 * 86_400_000;
const MAX_A_SWEEP = 500;

/**
 * Deletes jobs that ended long ago with their tasks, and old operations; not all at once. Assets stay.
 * Answers how many records are gone.
 */
export async function purgeOldRecords(deps: AccountDeps): Promise<number> {
  const { stores } = deps;
  const before = new Date(deps.clock.now().getTime() - KEPT_MILLISECONDS);
  const jobs: string[] = [];
  for await (const { value } of stores.jobs.list()) {
    if (jobHasEnded(value.state) && value.lastModified < before) jobs.push(value.id);
    if (jobs.length >= MAX_A_SWEEP) break;
  }
  const operations: string[] = [];
  for await (const { value } of stores.operations.list()) {
    if (value.created < before) operations.push(value.id);
    if (operations.length >= MAX_A_SWEEP) break;
  }
  for (const id of jobs) await deleteJob(deps, id);
  for (const id of operations) await stores.operations.delete(id);
  return jobs.length + operations.length;
}
