import { findOrCreate } from "../find-or-create";
import type { MediaServicesClient } from "../media-services-client/client";
import {
  assets,
  type Job,
  JOB_STATES,
  jobs,
  type MediaProcessor,
  mediaProcessors,
} from "../media-services-client/entities";
import { writeLine } from "../progress";
import { removeEncoding } from "./remove-encoding";

const ENCODER = "Media Encoder Standard";

/** What is to be encoded. */
export interface JobRequest {
  readonly jobName: string;
  readonly inputAssetId: string;
  readonly preset: string;
  readonly outputAssetName: string;
}

/**
 * Gives the job of this name: the one that an earlier run began, or a new one. One that failed is
 * removed first, with what it left.
 *
 * @throws Error when the account has no encoder.
 */
export async function ensureJob(client: MediaServicesClient, request: JobRequest): Promise<Job> {
  return findOrCreate({
    find: async () => {
      const found = await client.find(jobs, { Name: request.jobName });
      const failed = found.filter(hasFailed);
      for (const job of failed) {
        writeLine(`job ${job.id} of an earlier run failed: removing it and what it left`);
        await removeEncoding(client, { jobId: job.id, outputAssetId: "" });
      }
      return found.filter((job) => !hasFailed(job));
    },
    create: () => submit(client, request),
    removeSurplus: ({ id }) => removeEncoding(client, { jobId: id, outputAssetId: "" }),
  });
}

/** Whether a job ended without a result, or is about to. */
function hasFailed({ state }: Job): boolean {
  return (
    state === JOB_STATES.error || state === JOB_STATES.canceled || state === JOB_STATES.canceling
  );
}

/** Job and task in one request, so that no job is ever without its task. */
async function submit(client: MediaServicesClient, request: JobRequest): Promise<Job> {
  const processor = await newestEncoder(client);
  return client.create(jobs, {
    Name: request.jobName,
    InputMediaAssets: [{ __metadata: { uri: client.uri(assets, request.inputAssetId) } }],
    Tasks: [
      {
        Name: request.jobName,
        Configuration: request.preset,
        MediaProcessorId: processor.id,
        TaskBody: taskBody(request.outputAssetName),
      },
    ],
  });
}

async function newestEncoder(client: MediaServicesClient): Promise<MediaProcessor> {
  const found = await client.find(mediaProcessors, { Name: ENCODER });
  const [newest] = [...found].sort((a, b) => compareVersions(b.version, a.version));
  if (newest !== undefined) return newest;
  throw new Error(
    `${client.label} has no media processor '${ENCODER}', so nothing can be encoded in it. Encode in another data center, or give this account an encoder.`,
  );
}

/** Orders `major.minor` by number: 1.10 comes after 1.9. */
function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** Media Services v2, "Task entity", TaskBody: output in the clear (assetCreationOptions 0). */
function taskBody(outputAssetName: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  const name = outputAssetName.replace(/[&<>"]/g, (character) => entities[character] ?? "");
  return [
    '<?xml version="1.0" encoding="utf-8"?><taskBody><inputAsset>JobInputAsset(0)</inputAsset>',
    `<outputAsset assetCreationOptions="0" assetName="${name}">JobOutputAsset(0)</outputAsset></taskBody>`,
  ].join("");
}
