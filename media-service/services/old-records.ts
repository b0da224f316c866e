import { jobHasEnded } from "../domain/job-state";
import type { Entity, EntityStore } from "../ports/entity-store";
import type { AccountDeps } from "./account-deps";
import { deleteJob } from "./jobs";

// Media Services v2, "Quotas and limitations": records older than 90 days are deleted.
const KEPT_MILLISECONDS = 90 * 86_400_000;
const MAX_A_SWEEP = 500;

/**
 * Deletes jobs that ended long ago with their tasks, old operations, and what is remembered of locators
 * that were deleted long ago; not all at once. Assets stay.
 * Answers how many records are gone.
 */
export async function purgeOldRecords(deps: AccountDeps): Promise<number> {
  const { stores } = deps;
  const before = new Date(deps.clock.now().getTime() - KEPT_MILLISECONDS);
  const jobs = await some(
    stores.jobs,
    ({ state, lastModified }) => jobHasEnded(state) && lastModified < before,
  );
  const operations = await some(stores.operations, ({ created }) => created < before);
  const locators = await some(stores.deletedLocators, ({ deletedAt }) => deletedAt < before);
  for (const id of jobs) await deleteJob(deps, id);
  for (const id of operations) await stores.operations.delete(id);
  for (const id of locators) await stores.deletedLocators.delete(id);
  return jobs.length + operations.length + locators.length;
}

/** Ids of the first entities that are wanted, as many as one sweep takes. */
async function some<T extends Entity>(
  store: Pick<EntityStore<T, never>, "list">,
  wanted: (entity: T) => boolean,
): Promise<string[]> {
  const ids: string[] = [];
  for await (const { value } of store.list()) {
    if (wanted(value)) ids.push(value.id);
    if (ids.length >= MAX_A_SWEEP) break;
  }
  return ids;
}
