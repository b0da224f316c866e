import { type Asset, assetContainer, AssetState, checkAsset } from "../domain/asset";
import { NotFoundError } from "../domain/errors";
import { entityId } from "../domain/ids";
import type { AccountDeps } from "./account-deps";
import { removeLinksOf } from "./entity-links";
import { ensureContainer } from "./living-asset";
import { noteDeleted, removeLocator } from "./locators";
import { updateEntity } from "./update-entity";

/** What a client says of a new asset. */
export interface NewAsset {
  readonly name: string | null;
  readonly alternateId: string | null;
  readonly options: number;
  readonly formatOption: number;
  readonly state: number;
  readonly storageAccountName: string | null;
}

/**
 * Makes an asset and its container. The row comes first, so that a container never is without an
 * asset that leads to it; an asset whose container is missing gets it from whoever needs it first.
 *
 * @throws NotFoundError when the storage account is not this account's.
 */
export async function createAsset(deps: AccountDeps, wanted: NewAsset): Promise<Asset> {
  checkAsset(wanted);
  const { storageAccountName } = deps.account;
  if (wanted.storageAccountName !== null && wanted.storageAccountName !== storageAccountName) {
    throw new NotFoundError(
      `Storage account '${wanted.storageAccountName}' is not attached to this account`,
    );
  }
  const guid = deps.newGuid();
  const now = deps.clock.now();
  const asset: Asset = {
    ...wanted,
    id: entityId("cid", guid),
    storageAccountName,
    container: assetContainer(guid),
    created: now,
    lastModified: now,
    containerReady: false,
    deleting: false,
    parentAssetIds: [],
  };
  await deps.stores.assets.insert(asset);
  return ensureContainer(deps, asset);
}

/** Changes an asset's name or alternate id. */
export async function updateAsset(
  deps: AccountDeps,
  id: string,
  changes: Partial<Pick<Asset, "name" | "alternateId">>,
): Promise<void> {
  await updateEntity(deps.stores.assets, id, (asset) => {
    const changed = { ...asset, ...changes, lastModified: deps.clock.now() };
    checkAsset(changed);
    return changed;
  });
}

/** Marks an asset as published, as the earliest clients do; nothing else comes of it. */
export async function publishAsset(deps: AccountDeps, id: string): Promise<void> {
  await updateEntity(deps.stores.assets, id, (asset) => ({
    ...asset,
    state: AssetState.published,
    lastModified: deps.clock.now(),
  }));
}

/**
 * Deletes an asset with its locators, files and container. The asset itself goes last: after a stop
 * in between it can still be found, and deleted again.
 *
 * @throws NotFoundError when there is none.
 */
export async function deleteAsset(
  deps: AccountDeps,
  id: string,
  { keepContainer }: { keepContainer: boolean },
): Promise<void> {
  const { stores, blobs } = deps;
  // From here on nothing is added: whoever adds looks at this mark afterwards.
  const asset = await updateEntity(stores.assets, id, (current) =>
    current.deleting ? current : { ...current, deleting: true },
  );
  // Without the container nothing that was signed for it works any more.
  if (!keepContainer) await blobs.deleteContainer(asset.container);
  for (const { value } of await stores.locators.find("asset", asset.id)) {
    await noteDeleted(deps, value);
    if (keepContainer) await removeLocator(deps, value);
    else await stores.locators.delete(value.id);
  }
  for (const { value } of await stores.files.find("parent", asset.id)) {
    await stores.files.delete(value.id);
  }
  await removeLinksOf(deps, asset.id);
  await stores.assets.delete(asset.id);
}
