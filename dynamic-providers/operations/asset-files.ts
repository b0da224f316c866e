import { InputCheck } from "./check-inputs";
import { compareInputs } from "./compare-inputs";
import { type BlobEntry, toBlobEntry } from "./copy/blob-entry";
import { summarize } from "./copy/comparison";
import { MediaServicesClient } from "./media-services-client/client";
import { assets, type AssetFile, files, PERMISSIONS } from "./media-services-client/entities";
import { type SasLocator, withSasLocator } from "./media-services-client/sas-locator";
import { setPrimaryFile } from "./primary-file";
import type { AccountInputs, ResourceOperations } from "./resource-operations";
import { storageBlob } from "./storage-blob";

/** Inputs of an asset's files. */
export interface AssetFilesInputs extends AccountInputs {
  readonly assetId: string;
  /** The server manifest. */
  readonly primaryFileName: string;
  /** Digest of the blobs that the asset's container holds; another one lists them anew. */
  readonly contentDigest: string;
}

/** Outputs of an asset's files. */
export interface AssetFilesOutputs extends AssetFilesInputs {
  readonly fileCount: number;
  readonly primaryFileId: string;
  /** Sorted. */
  readonly fileNames: readonly string[];
}

const LIST_TIMEOUT_MS = 10 * 60_000;

/** Makes the blobs in an asset's container known to the account as the asset's files. */
export const operations: ResourceOperations<AssetFilesInputs, AssetFilesOutputs> = {
  check(_olds, news) {
    const { failures } = new InputCheck(news)
      .account("account")
      .text("assetId", "primaryFileName", "contentDigest");
    return Promise.resolve({ inputs: news, failures });
  },

  diff: (_id, olds, news) =>
    Promise.resolve(
      compareInputs(olds, news, {
        replace: ["assetId"],
        update: ["primaryFileName", "contentDigest"],
      }),
    ),

  create: async (inputs) => ({ id: inputs.assetId, outs: await listFiles(inputs) }),

  async read(id, outs) {
    const client = new MediaServicesClient(outs.account);
    if ((await client.get(assets, id)) === undefined) return { id: "" };
    const found = await client.find(files, { ParentAssetId: id });
    const primary = found.find(({ isPrimary }) => isPrimary);
    const complete = primary?.name === outs.primaryFileName && sameNames(found, outs.fileNames);
    return complete ? { id, props: { ...outs, primaryFileId: primary.id } } : { id: "" };
  },

  update: async (_id, _olds, news) => ({ outs: await listFiles(news) }),

  /**
   * Nothing: the service deletes a file's blob with the file, and the blobs are the copy's. What is
   * left of the files goes with the asset.
   */
  delete: () => Promise.resolve(),
};

async function listFiles(inputs: AssetFilesInputs): Promise<AssetFilesOutputs> {
  const { account, assetId, primaryFileName, contentDigest } = inputs;
  const client = new MediaServicesClient(account);
  const blobs = await blobsOfCopy(client, assetId, contentDigest);
  await client.invoke("CreateFileInfos", { assetid: assetId });
  const found = await withoutStale(
    client,
    await client.find(files, { ParentAssetId: assetId }),
    blobs,
  );
  assertComplete(client, { assetId, found, blobs });
  const primary = await setPrimaryFile(client, found, {
    assetId,
    isWanted: ({ name }) => name === primaryFileName,
    wanted: `'${primaryFileName}'`,
  });
  return {
    ...inputs,
    fileCount: found.length,
    primaryFileId: primary.id,
    fileNames: found.map(({ name }) => name).sort(),
  };
}

/** Name and size of every blob, after making sure that they are what was copied. */
async function blobsOfCopy(
  client: MediaServicesClient,
  assetId: string,
  contentDigest: string,
): Promise<Map<string, number>> {
  const permissions = PERMISSIONS.read | PERMISSIONS.list;
  const request = { assetId, permissions, minutes: 15, name: "twinstream file infos" };
  const entries = await withSasLocator(client, request, listBlobs);
  const copied = entries.filter(({ copiedFrom }) => copiedFrom !== undefined);
  if (![entries, copied].some((list) => summarize(list).contentDigest === contentDigest)) {
    throw new Error(
      `Asset '${assetId}' in ${client.label} does not hold what was copied into it: its ${entries.length.toString()} blobs compare otherwise than the copy did. Run a refresh, then up: the copy is completed first.`,
    );
  }
  return new Map(entries.map(({ name, sizeBytes }) => [name, sizeBytes]));
}

async function listBlobs({ containerUrl, query }: SasLocator): Promise<BlobEntry[]> {
  const container = new (storageBlob().ContainerClient)(`${containerUrl}${query}`);
  const abortSignal = AbortSignal.timeout(LIST_TIMEOUT_MS);
  const entries: BlobEntry[] = [];
  for await (const item of container.listBlobsFlat({ includeMetadata: true, abortSignal })) {
    entries.push(toBlobEntry(item));
  }
  return entries;
}

/** Forgets files whose blob an earlier version had and this one does not. */
async function withoutStale(
  client: MediaServicesClient,
  found: readonly AssetFile[],
  blobs: ReadonlyMap<string, number>,
): Promise<AssetFile[]> {
  const folders = new Set([...blobs.keys()].map((name) => name.split("/")[0]));
  const isStale = ({ name }: AssetFile): boolean => !blobs.has(name) && !folders.has(name);
  for (const file of found.filter(isStale)) await client.delete(files, file.id);
  return found.filter((file) => !isStale(file));
}

/** Blobs in virtual folders belong to a file that is called as the folder, or to none. */
function assertComplete(
  client: MediaServicesClient,
  given: { assetId: string; found: readonly AssetFile[]; blobs: ReadonlyMap<string, number> },
): void {
  const { assetId, found, blobs } = given;
  const sizes = new Map(found.map(({ name, sizeBytes }) => [name, sizeBytes]));
  const wrong = [...blobs].filter(
    ([name, size]) => !name.includes("/") && sizes.get(name) !== size,
  );
  if (wrong.length === 0) return;
  const names = wrong.map(([name]) => `'${name}'`).join(", ");
  throw new Error(
    `After CreateFileInfos asset '${assetId}' in ${client.label} lists ${names} not at all or with another length than the blob. Run again; if it stays so, see the service's log.`,
  );
}

function sameNames(found: readonly AssetFile[], names: readonly string[]): boolean {
  const there = new Set(found.map(({ name }) => name));
  return there.size === names.length && names.every((name) => there.has(name));
}
