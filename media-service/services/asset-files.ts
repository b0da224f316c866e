import { type AssetFile, checkFileName } from "../domain/asset-file";
import { ConflictError, InvalidInputError } from "../domain/errors";
import { entityId } from "../domain/ids";
import { type AccountDeps, required } from "./account-deps";
import { ensureContainer, livingAsset } from "./living-asset";
import { updateEntity } from "./update-entity";

/** What a client may say of an asset file. */
export type AssetFileFields = Pick<
  AssetFile,
  | "name"
  | "sizeBytes"
  | "mimeType"
  | "contentChecksum"
  | "isPrimary"
  | "isEncrypted"
  | "encryptionScheme"
  | "encryptionVersion"
  | "encryptionKeyId"
  | "initializationVector"
  | "options"
>;

const NEW_FILE = {
  sizeBytes: 0,
  mimeType: null,
  contentChecksum: null,
  isPrimary: false,
  isEncrypted: false,
  encryptionScheme: null,
  encryptionVersion: null,
  encryptionKeyId: null,
  initializationVector: null,
  options: 0,
};

// A write holds 100 rows, and a file has one of its own and up to three in indexes.
const FILES_PER_WRITE = 24;

/**
 * Tells an asset of a file, whose content the client writes by a SAS locator.
 *
 * @throws NotFoundError when there is no such asset.
 * @throws ConflictError when the asset has a file of that name, or two would be primary.
 */
export async function createAssetFile(
  deps: AccountDeps,
  wanted: Partial<AssetFileFields> & { name: string; parentAssetId: string },
): Promise<AssetFile> {
  checkFileName(wanted.name);
  checkSize(wanted.sizeBytes ?? 0);
  const asset = await livingAsset(deps, wanted.parentAssetId);
  const file = newFile(deps, { ...wanted, parentAssetId: asset.id });
  await deps.stores.files.insert(file);
  await withdrawIfAssetGoes(deps, asset.id, [file]);
  return file;
}

/**
 * Changes what is known of a file.
 *
 * @throws NotFoundError when there is none.
 * @throws ConflictError when another file has the name, or is primary already.
 */
export async function updateAssetFile(
  { stores, clock }: AccountDeps,
  id: string,
  changes: Partial<AssetFileFields>,
): Promise<void> {
  if (changes.name !== undefined) checkFileName(changes.name);
  checkSize(changes.sizeBytes ?? 0);
  await updateEntity(stores.files, id, (file) => ({
    ...file,
    ...changes,
    lastModified: clock.now(),
  }));
}

/**
 * Deletes a file with its content.
 *
 * @throws NotFoundError when there is none.
 */
export async function deleteAssetFile(deps: AccountDeps, id: string): Promise<void> {
  const { value: file } = await required(deps.stores.files, id);
  const asset = await deps.stores.assets.get(file.parentAssetId);
  if (asset !== undefined && (await deps.blobs.containerExists(asset.value.container))) {
    await deps.blobs.delete({ container: asset.value.container, blob: file.name });
  }
  await deps.stores.files.delete(id);
}

/**
 * Makes a file of every blob in the asset's container that has none, and brings the sizes of those
 * that have one up to date. No file becomes primary. Can be repeated.
 *
 * @throws NotFoundError when there is no such asset.
 */
export async function createFileInfos(deps: AccountDeps, assetId: string): Promise<void> {
  const asset = await livingAsset(deps, assetId);
  await ensureContainer(deps, asset);
  const known = new Map<string, AssetFile>();
  for (const { value } of await deps.stores.files.find("parent", asset.id)) {
    known.set(value.name, value);
  }
  const missing: AssetFile[] = [];
  for await (const blob of deps.blobs.list(asset.container)) {
    const file = known.get(blob.name);
    const seen = { sizeBytes: blob.sizeBytes, mimeType: blob.contentType ?? null };
    if (file === undefined) {
      missing.push(newFile(deps, { ...seen, name: blob.name, parentAssetId: asset.id }));
    } else if (file.sizeBytes !== blob.sizeBytes) {
      await updateAssetFile(deps, file.id, { sizeBytes: blob.sizeBytes });
    }
  }
  for (let at = 0; at < missing.length; at += FILES_PER_WRITE) {
    await insertThoseMissing(deps, missing.slice(at, at + FILES_PER_WRITE));
  }
  await withdrawIfAssetGoes(deps, asset.id, missing);
}

// Somebody may make the same files at the same time; whose they are does not matter.
async function insertThoseMissing({ stores }: AccountDeps, files: AssetFile[]): Promise<void> {
  try {
    await stores.files.insert(...files);
  } catch (cause) {
    if (!(cause instanceof ConflictError)) throw cause;
    for (const file of files) await insertUnlessThere({ stores }, file);
  }
}

async function insertUnlessThere(
  { stores }: Pick<AccountDeps, "stores">,
  file: AssetFile,
): Promise<void> {
  try {
    await stores.files.insert(file);
  } catch (cause) {
    if (!(cause instanceof ConflictError)) throw cause;
  }
}

async function withdrawIfAssetGoes(
  deps: AccountDeps,
  assetId: string,
  files: readonly AssetFile[],
): Promise<void> {
  try {
    await livingAsset(deps, assetId);
  } catch (cause) {
    for (const file of files) await deps.stores.files.delete(file.id);
    throw cause;
  }
}

function newFile(
  { clock, newGuid }: Pick<AccountDeps, "clock" | "newGuid">,
  wanted: Partial<AssetFileFields> & { name: string; parentAssetId: string },
): AssetFile {
  const now = clock.now();
  return {
    ...NEW_FILE,
    ...wanted,
    id: entityId("cid", newGuid()),
    created: now,
    lastModified: now,
  };
}

function checkSize(sizeBytes: number): void {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
    throw new InvalidInputError(`ContentFileSize must be a number of bytes, got ${sizeBytes}`);
  }
}
