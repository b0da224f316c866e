import { isDeepStrictEqual } from "node:util";
import { InputCheck } from "./check-inputs";
import { summarize } from "./copy/comparison";
import { copyContainer, type CopyReport } from "./copy/copy-container";
import {
  type CopyOptions,
  isServerSideCopyMode,
  MAX_BLOCK_SIZE_MIB,
  type ServerSideCopyMode,
} from "./copy/copy-options";
import { listTarget, removeCopied } from "./copy/remove-copied";
import { driftLine, NO_DRIFT, type TargetDrift, targetDrift } from "./copy/target-drift";
import type { AccountConnection } from "./media-services-client/account-connection";
import { MediaServicesClient } from "./media-services-client/client";
import { assets, PERMISSIONS } from "./media-services-client/entities";
import { type SasLocator, withSasLocator } from "./media-services-client/sas-locator";
import { createProgress, type Progress, writeLine } from "./progress";
import { isUnknown, type ResourceOperations } from "./resource-operations";

/** Inputs of an asset's copy. */
export interface AssetCopyInputs {
  /** The account that has the original. */
  readonly source: AccountConnection;
  /** The account that gets the copy. */
  readonly target: AccountConnection;
  readonly sourceAssetId: string;
  readonly targetAssetId: string;
  /** Changes when the original's content does. */
  readonly sourceTag: string;
  /** Default `auto`. */
  readonly serverSideCopy?: ServerSideCopyMode;
  /** Whether blobs that somebody else wrote in the target give way. Default false. */
  readonly overwrite?: boolean;
  /** Most ranges or blobs under way at once. Default 8. */
  readonly maxConcurrency?: number;
  /** Length of a range in MiB. Default 8. */
  readonly blockSizeMiB?: number;
  readonly version: number;
}

/** Outputs of an asset's copy. */
export interface AssetCopyOutputs extends AssetCopyInputs {
  /** Blobs of the copy that are in the target. */
  readonly blobCount: number;
  readonly totalBytes: number;
  /** SHA-256 in hex over the names, lengths and MD5s of the blobs in the target. */
  readonly contentDigest: string;
  /** The digest when the target was last compared with the source: another one now means damage. */
  readonly comparedDigest: string;
  /** Length and MD5 of each blob, as they were when the copy was compared. */
  readonly blobs?: Readonly<Record<string, string>>;
  /** Blobs of others in the target that are known, and left alone. */
  readonly foreign?: readonly string[];
  /** What happened to the target since, as the last refresh saw it. */
  readonly drift?: TargetDrift;
}

/** Longest time a copy may take; its locators are removed as soon as it ends. */
const COPY_MINUTES = 24 * 60;
const SHORT_MINUTES = 60;
const MAX_CONCURRENCY = 256;
const { read: READ, write: WRITE, delete: DELETE, list: LIST } = PERMISSIONS;

/** Keeps the blobs of an asset equal to those of another account's asset. */
export const operations: ResourceOperations<AssetCopyInputs, AssetCopyOutputs> = {
  check(_olds, news) {
    const { failures } = new InputCheck(news)
      .account("source")
      .account("target")
      .text("sourceAssetId", "targetAssetId", "sourceTag")
      .require(
        "serverSideCopy",
        (mode: unknown) => mode === undefined || isServerSideCopyMode(mode),
        `serverSideCopy must be auto, never or always, got ${String(news.serverSideCopy)}`,
      )
      .require(
        "overwrite",
        (overwrite: unknown) => overwrite === undefined || typeof overwrite === "boolean",
        `overwrite must be true or false, got ${String(news.overwrite)}`,
      )
      .require(
        "maxConcurrency",
        isCountUpTo(MAX_CONCURRENCY),
        `maxConcurrency must be a whole number from 1 to ${MAX_CONCURRENCY}, got ${String(news.maxConcurrency)}`,
      )
      .require(
        "blockSizeMiB",
        isCountUpTo(MAX_BLOCK_SIZE_MIB),
        `blockSizeMiB must be a whole number from 1 to ${MAX_BLOCK_SIZE_MIB}, got ${String(news.blockSizeMiB)}`,
      );
    return Promise.resolve({ inputs: news, failures });
  },

  /** How a copy is done (by whom, how many at once) is no difference: what it comes to is. */
  diff(_id, olds, news) {
    const differs = (key: keyof AssetCopyInputs): boolean =>
      isUnknown(news[key]) || !isDeepStrictEqual(olds[key], news[key]);
    const replaces: string[] = differs("targetAssetId") ? ["targetAssetId"] : [];
    if (isOtherAccount(olds.target, news.target)) replaces.push("target");
    const updates = (["source", "target", "sourceAssetId", "sourceTag", "version"] as const).some(
      differs,
    );
    const drift = driftLine(olds.drift ?? NO_DRIFT);
    if (drift !== "") writeLine(driftWarning(olds, { drift, overwrite: news.overwrite === true }));
    const damaged = olds.contentDigest !== olds.comparedDigest || drift !== "";
    return Promise.resolve({ changes: replaces.length > 0 || updates || damaged, replaces });
  },

  create: async (inputs) => ({ id: inputs.targetAssetId, outs: await copyAsset(inputs) }),

  async read(id, outs) {
    const client = new MediaServicesClient(outs.target);
    if ((await client.get(assets, id)) === undefined) return { id: "" };
    const request = { assetId: id, minutes: SHORT_MINUTES, name: "twinstream copy check" };
    const found = await withSasLocator(
      client,
      { ...request, permissions: READ | LIST },
      (locator) => listTarget(signedUrl(locator)),
    );
    const copied = found.filter(({ copiedFrom }) => copiedFrom !== undefined);
    return { id, props: { ...outs, ...summarize(copied), drift: targetDrift(outs, found) } };
  },

  update: async (_id, olds, news) => ({ outs: await copyAsset(news, olds.drift?.changed) }),

  async delete(id, outs) {
    const client = new MediaServicesClient(outs.target);
    if ((await client.get(assets, id)) === undefined) return;
    const permissions = READ | WRITE | DELETE | LIST;
    const request = { assetId: id, minutes: SHORT_MINUTES, name: "twinstream copy removal" };
    await withSasLocator(client, { ...request, permissions }, (locator) =>
      removeCopied(signedUrl(locator)),
    );
  },
};

function driftWarning(
  { targetAssetId, target }: AssetCopyOutputs,
  { drift, overwrite }: { drift: string; overwrite: boolean },
): string {
  const then = overwrite
    ? "up replaces what was changed, and leaves alone what was added"
    : "up leaves alone what was added, and refuses to replace what was changed";
  return `warning: the copy ${targetAssetId} in ${target.accountName} is not what was copied: ${drift}. ${then}`;
}

/** Copies under two locators that exist for as long as the copy takes, however it ends. */
async function copyAsset(
  inputs: AssetCopyInputs,
  changedInTarget: readonly string[] = [],
): Promise<AssetCopyOutputs> {
  const { sourceAssetId, targetAssetId } = inputs;
  const from = {
    assetId: sourceAssetId,
    permissions: READ | LIST,
    minutes: COPY_MINUTES,
    // One original may be copied to several targets at once, each under a locator of its own.
    name: `twinstream copy to ${targetAssetId}`,
  };
  const to = {
    assetId: targetAssetId,
    permissions: READ | WRITE | DELETE | LIST,
    minutes: COPY_MINUTES,
    name: "twinstream copy",
  };
  const { blobCount, totalBytes, contentDigest, blobs, foreign } = await withSasLocator(
    new MediaServicesClient(inputs.source),
    from,
    (source) =>
      withSasLocator(new MediaServicesClient(inputs.target), to, (target) =>
        copyBetween({ source, target, changedInTarget }, inputs),
      ),
  );
  return {
    ...{ ...inputs, blobCount, totalBytes, contentDigest, comparedDigest: contentDigest },
    ...{ blobs, foreign, drift: NO_DRIFT },
  };
}

async function copyBetween(
  {
    source,
    target,
    changedInTarget,
  }: { source: SasLocator; target: SasLocator; changedInTarget: readonly string[] },
  inputs: AssetCopyInputs,
): Promise<CopyReport> {
  const container = source.containerUrl.split("/").at(-1) ?? source.containerUrl;
  const label = `copy ${container} to ${inputs.target.accountName}`;
  let progress: Progress | undefined;
  const report = await copyContainer({
    sourceUrl: signedUrl(source),
    targetUrl: signedUrl(target),
    options: givenOptions(inputs),
    changedInTarget,
    events: {
      note: (line) => {
        writeLine(`${label}: ${line}`);
      },
      planned: ({ blobs, bytes }) => {
        if (blobs > 0) progress = createProgress({ label, unit: "bytes", total: bytes });
      },
      progress: (bytes) => progress?.update(bytes),
    },
  });
  progress?.done();
  return report;
}

function givenOptions(inputs: AssetCopyInputs): Partial<CopyOptions> {
  const { serverSideCopy, maxConcurrency, blockSizeMiB, overwrite } = inputs;
  return {
    ...(overwrite === undefined ? {} : { overwrite }),
    ...(serverSideCopy === undefined ? {} : { serverSideCopy }),
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    ...(blockSizeMiB === undefined ? {} : { blockSizeMiB }),
  };
}

function signedUrl({ containerUrl, query }: SasLocator): string {
  return `${containerUrl}${query}`;
}

function isCountUpTo(most: number): (value: number | undefined) => boolean {
  return (value) => value === undefined || (Number.isInteger(value) && value >= 1 && value <= most);
}

function isOtherAccount(old: AccountConnection, now: AccountConnection | string): boolean {
  if (typeof now === "string" || isUnknown(now.accountName)) return false; // not known at preview
  return now.accountName !== old.accountName;
}
