import { createHash } from "node:crypto";
import { containerOf } from "./asset-container";
import { InputCheck } from "./check-inputs";
import { compareInputs } from "./compare-inputs";
import { followJob } from "./encoding/follow-job";
import { JobLogs } from "./encoding/job-logs";
import { outputAssetsOf, removeEncoding } from "./encoding/remove-encoding";
import { ensureJob } from "./encoding/submit-job";
import { MediaServicesClient } from "./media-services-client/client";
import {
  type Asset,
  type AssetFile,
  assets,
  files,
  type Job,
} from "./media-services-client/entities";
import { setPrimaryFile } from "./primary-file";
import { type AccountInputs, PartialFailure, type ResourceOperations } from "./resource-operations";

/** Inputs of an encoding. */
export interface EncodingJobInputs extends AccountInputs {
  /** Unique in the account: qualified by the stack. */
  readonly name: string;
  readonly inputAssetId: string;
  /** SHA-256 of the input's content, or a blob's content tag: only another content is encoded anew. */
  readonly inputSha256: string;
  /** Preset of the encoder, for example `Adaptive Streaming`. */
  readonly preset: string;
  readonly outputAssetName: string;
}

/** Outputs of an encoding. */
export interface EncodingJobOutputs extends EncodingJobInputs {
  readonly jobId: string;
  readonly outputAssetId: string;
  /** Protection of the output: 0, none. */
  readonly outputAssetOptions: number;
  readonly container: string;
  readonly ismFileName: string;
  /** Another one means that the output's content is another. */
  readonly contentTag: string;
}

/** Encodes an asset once, and keeps what comes out. */
export const operations: ResourceOperations<EncodingJobInputs, EncodingJobOutputs> = {
  check(_olds, news) {
    const { failures } = new InputCheck(news)
      .account("account")
      .text("name", "inputAssetId", "inputSha256", "preset", "outputAssetName");
    return Promise.resolve({ inputs: news, failures });
  },

  diff(_id, olds, news) {
    const result = compareInputs(olds, news, {
      replace: ["inputSha256", "preset", "outputAssetName"],
      update: ["name", "inputAssetId"],
    });
    // Without a manifest's name the job was not finished.
    return Promise.resolve({ ...result, changes: result.changes || olds.ismFileName === "" });
  },

  create: async (inputs) => ({ id: jobNameOf(inputs), outs: await ensure(inputs) }),

  /** The service forgets jobs after 90 days: what counts is the output. */
  async read(id, outs) {
    const client = new MediaServicesClient(outs.account);
    const asset = await client.get(assets, outs.outputAssetId);
    if (asset === undefined) return { id: "" };
    const found = await client.find(files, { ParentAssetId: asset.id });
    const playable = found.some(({ name, isPrimary }) => isPrimary && name === outs.ismFileName);
    return playable ? { id, props: { ...outs, ...observed(asset, found) } } : { id: "" };
  },

  async update(_id, olds, news) {
    const outs = olds.ismFileName === "" ? await ensure(news) : { ...olds, ...news };
    return { outs };
  },

  delete: (_id, { account, jobId, outputAssetId }) =>
    removeEncoding(new MediaServicesClient(account), { jobId, outputAssetId }),
};

/** Encodes, or goes on following the job that an earlier run began; a failure keeps what there is. */
async function ensure(inputs: EncodingJobInputs): Promise<EncodingJobOutputs> {
  const client = new MediaServicesClient(inputs.account);
  const jobName = jobNameOf(inputs);
  const job = await ensureJob(client, { ...inputs, jobName });
  try {
    await followJob(client, job, { label: `encode ${inputs.name}`, logs: new JobLogs() });
    return { ...inputs, jobId: job.id, ...(await publishOutput(client, job)) };
  } catch (error) {
    throw new PartialFailure(error, jobName, {
      ...inputs,
      jobId: job.id,
      outputAssetId: "",
      outputAssetOptions: 0,
      container: "",
      ismFileName: "",
      contentTag: "",
    });
  }
}

type Observed = Omit<EncodingJobOutputs, keyof EncodingJobInputs | "jobId">;

async function publishOutput(client: MediaServicesClient, job: Job): Promise<Observed> {
  const [asset, ...more] = await outputAssetsOf(client, job.id);
  if (asset === undefined || more.length > 0) {
    throw new Error(
      `Job '${job.id}' in ${client.label} should have one output asset, and has ${asset === undefined ? "none" : more.length + 1}. Delete the job, then run again.`,
    );
  }
  const found = await client.find(files, { ParentAssetId: asset.id });
  await setPrimaryFile(client, found, { assetId: asset.id, isWanted: isManifest, wanted: "*.ism" });
  return observed(asset, found);
}

function observed(asset: Asset, found: readonly AssetFile[]): Observed {
  return {
    outputAssetId: asset.id,
    outputAssetOptions: asset.options,
    container: containerOf(asset),
    ismFileName: found.find(isManifest)?.name ?? "",
    contentTag: contentTagOf(asset, found),
  };
}

function isManifest({ name }: AssetFile): boolean {
  return name.toLowerCase().endsWith(".ism");
}

/** An asset's content is written once, so its id and its files' sizes tell it. */
function contentTagOf(asset: Asset, found: readonly AssetFile[]): string {
  const lines = found.map(({ name, sizeBytes }) => `${name} ${sizeBytes}`).sort();
  return createHash("sha256")
    .update([asset.id, ...lines].join("\n"))
    .digest("hex");
}

/** By this name a killed run's job is found; all that makes it anew is in it. */
function jobNameOf(inputs: EncodingJobInputs): string {
  const { name, inputSha256, preset, outputAssetName } = inputs;
  const parts = JSON.stringify([name, inputSha256, preset, outputAssetName]);
  return `${name} ${createHash("sha256").update(parts).digest("hex").slice(0, 24)}`;
}
