import { setTimeout as delay } from "node:timers/promises";
import type { MediaServicesClient } from "../media-services-client/client";
import { type Asset, assets, type Job, JOB_STATES, jobs } from "../media-services-client/entities";
import { isNotFound, MediaServicesError } from "../media-services-client/media-services-error";

/** An encoder that is told to stop has so long, in milliseconds. */
const CANCEL_TIMEOUT_MS = 5 * 60_000;

/** Whether a job has ended, well or not. */
export function hasEnded({ state }: Pick<Job, "state">): boolean {
  return (
    state === JOB_STATES.finished || state === JOB_STATES.error || state === JOB_STATES.canceled
  );
}

/** The assets that a job makes; none when the job is gone. */
export async function outputAssetsOf(client: MediaServicesClient, jobId: string): Promise<Asset[]> {
  try {
    return await client.related({ set: jobs, id: jobId, navigation: "OutputMediaAssets" }, assets);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

/** Stops a job that runs, and removes it with what it made. What is gone already is fine. */
export async function removeEncoding(
  client: MediaServicesClient,
  { jobId, outputAssetId }: { readonly jobId: string; readonly outputAssetId: string },
): Promise<void> {
  const job = await client.get(jobs, jobId);
  if (job !== undefined && !hasEnded(job)) await stop(client, jobId);
  const outputs = await outputAssetsOf(client, jobId);
  const ids = new Set([...outputs.map(({ id }) => id), outputAssetId].filter((id) => id !== ""));
  for (const id of ids) await client.delete(assets, id);
  await client.delete(jobs, jobId);
}

async function stop(client: MediaServicesClient, jobId: string): Promise<void> {
  const deadline = Date.now() + CANCEL_TIMEOUT_MS;
  await cancel(client, jobId);
  for (let waitMs = 200; ; waitMs = Math.min(waitMs * 2, 2_000)) {
    const job = await client.get(jobs, jobId);
    if (job === undefined || hasEnded(job)) return;
    if (Date.now() > deadline) {
      throw new Error(
        `Job '${jobId}' in ${client.label} was canceled ${(CANCEL_TIMEOUT_MS / 60_000).toString()} minutes ago and still has not ended. See whether a worker runs, then run again.`,
      );
    }
    await delay(waitMs);
  }
}

/** A job that ended meanwhile can't be canceled any more, which is what was wanted. */
async function cancel(client: MediaServicesClient, jobId: string): Promise<void> {
  try {
    await client.invoke("CancelJob", { jobid: jobId });
  } catch (error) {
    const ended = error instanceof MediaServicesError && error.kind === "invalid";
    if (!ended && !isNotFound(error)) throw error;
  }
}
