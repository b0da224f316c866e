import type { Asset } from "../domain/asset";
import { ConflictError, NotFoundError } from "../domain/errors";
import { type AccountDeps, required } from "./account-deps";
import { updateEntity } from "./update-entity";

/**
 * An asset that things can be added to.
 *
 * @throws NotFoundError when there is none, or it is being deleted.
 */
export async function livingAsset(deps: Pick<AccountDeps, "stores">, id: string): Promise<Asset> {
  const { value } = await required(deps.stores.assets, id);
  if (value.deleting) throw new NotFoundError(`Asset '${id}' is being deleted`);
  return value;
}

/**
 * Makes an asset's container if that has not happened yet.
 *
 * @throws ConflictError when it was there once and is gone.
 */
export async function ensureContainer(deps: AccountDeps, asset: Asset): Promise<Asset> {
  if (asset.containerReady) {
    if (await deps.blobs.containerExists(asset.container)) return asset;
    throw new ConflictError(`The container '${asset.container}' of '${asset.id}' is gone`);
  }
  await deps.blobs.createContainer(asset.container);
  return updateEntity(deps.stores.assets, asset.id, (current) => ({
    ...current,
    containerReady: true,
  }));
}
