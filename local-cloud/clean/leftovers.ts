import { setTimeout as sleep } from "node:timers/promises";
import type { MediaServicesClient } from "../../dynamic-providers/operations/media-services-client/client";
import {
  accessPolicies,
  type AccessPolicy,
  type Asset,
  assets,
  type Job,
  JOB_STATES,
  jobs,
  type Locator,
  locators,
} from "../../dynamic-providers/operations/media-services-client/entities";

/** The part of a client that is used here. */
type Account = Pick<MediaServicesClient, "find" | "get" | "delete" | "invoke">;

/** What no stack owns in an account. */
export interface Leftovers {
  /** They go with their assets' files and locators. */
  assets: { asset: Asset; locators: Locator[] }[];
  /** On assets that stay. */
  locators: Locator[];
  policies: AccessPolicy[];
  jobs: Job[];
}

const cancelPollMs = 500;
const cancelWithinMs = 60_000;

/** Compares an account with the ids that stacks own (lower case). */
export async function findLeftovers(
  client: Account,
  owned: ReadonlySet<string>,
): Promise<Leftovers> {
  const isLeft = ({ id }: { id: string }): boolean => !owned.has(id.toLowerCase());
  const allLocators = await client.find(locators);
  const leftAssets = (await client.find(assets)).filter(isLeft);
  const leftAssetIds = new Set(leftAssets.map(({ id }) => id));
  const stays = (locator: Locator): boolean => !leftAssetIds.has(locator.assetId);
  const used = new Set(
    allLocators
      .filter((locator) => stays(locator) && !isLeft(locator))
      .map((locator) => locator.accessPolicyId),
  );
  return {
    assets: leftAssets.map((asset) => ({
      asset,
      locators: allLocators.filter(({ assetId }) => assetId === asset.id),
    })),
    locators: allLocators.filter((locator) => stays(locator) && isLeft(locator)),
    policies: (await client.find(accessPolicies)).filter(
      (policy) => isLeft(policy) && !used.has(policy.id),
    ),
    jobs: (await client.find(jobs)).filter(isLeft),
  };
}

/** One line for each thing. */
export function leftoverLines(found: Leftovers): string[] {
  return [
    ...found.jobs.map(({ id, name }) => `job            ${id}  ${name}`),
    ...found.assets.map(
      ({ asset, locators: own }) =>
        `asset          ${asset.id}  ${asset.name}  (${own.length} locators)`,
    ),
    ...found.locators.map(({ id, assetId }) => `locator        ${id}  on ${assetId}`),
    ...found.policies.map(({ id, name }) => `access policy  ${id}  ${name}`),
  ];
}

/** Removes what was found, each before what it uses; what is gone already is no error. */
export async function removeLeftovers(client: Account, found: Leftovers): Promise<void> {
  for (const job of found.jobs) await removeJob(client, job);
  const attached = found.assets.flatMap((entry) => entry.locators);
  for (const { id } of [...attached, ...found.locators]) await client.delete(locators, id);
  for (const { asset } of found.assets) await client.delete(assets, asset.id);
  for (const { id } of found.policies) await client.delete(accessPolicies, id);
}

function isOver({ state }: Job): boolean {
  return (
    state === JOB_STATES.finished || state === JOB_STATES.error || state === JOB_STATES.canceled
  );
}

/** A job that still runs is cancelled first, or it would go on writing. */
async function removeJob(client: Account, job: Job): Promise<void> {
  if (!isOver(job)) {
    if (job.state !== JOB_STATES.canceling) await client.invoke("CancelJob", { jobid: job.id });
    const deadline = Date.now() + cancelWithinMs;
    for (let now: Job | undefined = job; now !== undefined && !isOver(now);) {
      if (Date.now() > deadline) {
        throw new Error(`job ${job.id} didn't stop within ${cancelWithinMs / 1000} s; try again`);
      }
      await sleep(cancelPollMs);
      now = await client.get(jobs, job.id);
    }
  }
  await client.delete(jobs, job.id);
}
