import { containerOf } from "./asset-container";
import { InputCheck } from "./check-inputs";
import { compareInputs } from "./compare-inputs";
import type { ServerSideCopyMode } from "./copy/copy-options";
import { findOrCreate } from "./find-or-create";
import { MediaServicesClient } from "./media-services-client/client";
import { type Asset, type AssetFile, assets, files } from "./media-services-client/entities";
import { contentOf } from "./mezzanine/content-memory";
import { copySource } from "./mezzanine/copy-source";
import { libraryBlobFault } from "./mezzanine/library-blob";
import { assetFileName, mimeTypeOf, sourceFileFault } from "./mezzanine/source-file";
import { uploadSource } from "./mezzanine/upload-source";
import {
  type AccountInputs,
  type CheckFailure,
  isUnknown,
  PartialFailure,
  type ResourceOperations,
} from "./resource-operations";
import { contentTagOf, isSourceBlob, type SourceBlob } from "./source-container/source-blob";

/** Inputs of a mezzanine. */
export interface MezzanineAssetInputs extends AccountInputs {
  /** Unique in the account: qualified by the stack. */
  readonly name: string;
  /** Path of the video, relative to the project's directory; of a blob its name in its container. */
  readonly file: string;
  /** Where the video is a blob in Azure Storage: in which container, and in which version. */
  readonly blob?: SourceBlob;
  /** Who copies a blob. Default `auto`. */
  readonly serverSideCopy?: ServerSideCopyMode;
  /** SHA-256 of the file in hex; the check reads it. */
  readonly contentSha256?: string;
  /** What tells a blob's content from another, in place of its SHA-256, which only reading it tells. */
  readonly contentTag?: string;
  /** The check reads it. */
  readonly sizeBytes?: number;
}

/** Outputs of a mezzanine. */
export interface MezzanineAssetOutputs extends MezzanineAssetInputs {
  readonly assetId: string;
  readonly assetFileId: string;
  /** Name of the file in the asset. */
  readonly fileName: string;
  readonly container: string;
}

/** Keeps a video as an asset in an account, ready to be encoded. */
export const operations: ResourceOperations<MezzanineAssetInputs, MezzanineAssetOutputs> = {
  async check(olds, news) {
    const { failures } = new InputCheck(news)
      .account("account")
      .text("name", "file")
      .require("blob", isSourceBlob, "blob must be {container, etag, sizeBytes} of a blob");
    if (failures.length > 0 || isUnknown(news.file)) return { inputs: news, failures };
    if (news.blob !== undefined) return checkBlob(olds, news, news.blob);
    const reason = await sourceFileFault(news.file);
    if (reason !== undefined) {
      return { inputs: news, failures: [{ property: "file", reason }] };
    }
    const { contentSha256, sizeBytes } = await contentOf(news.file);
    return { inputs: { ...news, contentSha256, sizeBytes }, failures };
  },

  diff(_id, olds, news) {
    // Where the content lies, and under which name, changes nothing: only another content does.
    const result = compareInputs(olds, news, { replace: ["name", "contentSha256", "contentTag"] });
    const unfinished = olds.assetFileId === "";
    return Promise.resolve({ ...result, changes: result.changes || unfinished });
  },

  async create(inputs) {
    const id = markOf(inputs);
    return { id, outs: await ensure(inputs, { mark: id, fileName: assetFileName(inputs.file) }) };
  },

  async read(id, outs) {
    const client = new MediaServicesClient(outs.account);
    const file = await client.get(files, outs.assetFileId);
    const whole = file?.assetId === outs.assetId && file.sizeBytes === outs.sizeBytes;
    return whole ? { id, props: outs } : { id: "" };
  },

  /** The asset goes on under the names that it was made with, whatever the file is called now. */
  update: async (mark, { fileName }, news) => ({ outs: await ensure(news, { mark, fileName }) }),

  /** Its file, locators and container go with it. */
  async delete(_id, { account, assetId }) {
    await new MediaServicesClient(account).delete(assets, assetId);
  },
};

/** Uploads what is not there yet; a failure in between keeps what there is. */
async function ensure(
  inputs: MezzanineAssetInputs,
  { mark, fileName }: { mark: string; fileName: string },
): Promise<MezzanineAssetOutputs> {
  const client = new MediaServicesClient(inputs.account);
  const asset = await ensureAsset(client, inputs.name, mark);
  const outs = { ...inputs, assetId: asset.id, fileName, container: containerOf(asset) };
  try {
    const file = await ensureFile(client, asset, fileName);
    await bringContent(client, inputs, file);
    return { ...outs, assetFileId: file.id };
  } catch (error) {
    throw new PartialFailure(error, mark, { ...outs, assetFileId: "" });
  }
}

function ensureAsset(client: MediaServicesClient, name: string, mark: string): Promise<Asset> {
  return findOrCreate({
    find: async () =>
      (await client.find(assets, { Name: name })).filter(({ alternateId }) => alternateId === mark),
    create: () => client.create(assets, { Name: name, AlternateId: mark, Options: 0 }),
    removeSurplus: ({ id }) => client.delete(assets, id),
  });
}

function ensureFile(client: MediaServicesClient, asset: Asset, name: string): Promise<AssetFile> {
  return findOrCreate({
    find: () => client.find(files, { ParentAssetId: asset.id, Name: name }),
    create: () =>
      client.create(files, { ParentAssetId: asset.id, Name: name, MimeType: mimeTypeOf(name) }),
    removeSurplus: ({ id }) => client.delete(files, id),
  });
}

/** Content that was fit once is not looked at again: a run that changes nothing asks no store. */
async function checkBlob(
  olds: Partial<MezzanineAssetInputs>,
  news: MezzanineAssetInputs,
  blob: SourceBlob,
): Promise<{ inputs: MezzanineAssetInputs; failures: CheckFailure[] }> {
  const inputs = { ...news, contentTag: contentTagOf(blob), sizeBytes: blob.sizeBytes };
  if (olds.contentTag === inputs.contentTag) return { inputs, failures: [] };
  const reason = await libraryBlobFault({ name: news.file, version: blob });
  return { inputs, failures: reason === undefined ? [] : [{ property: "file", reason }] };
}

function bringContent(
  client: MediaServicesClient,
  inputs: MezzanineAssetInputs,
  target: AssetFile,
): Promise<void> {
  const { name, file, blob, serverSideCopy } = inputs;
  if (blob === undefined) return uploadSource(client, inputs, target);
  const source = { name: file, version: blob, label: `copy ${name}`, serverSideCopy };
  return copySource(client, source, target);
}

/** What tells this resource's asset from any other; all that makes it anew is in it. */
function markOf({ name, file, contentSha256, contentTag }: MezzanineAssetInputs): string {
  return `twinstream:mezzanine:${name}:${assetFileName(file)}:${contentSha256 ?? contentTag ?? ""}`;
}
