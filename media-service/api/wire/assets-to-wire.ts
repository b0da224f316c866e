import { type Asset, assetContainer, AssetOptions, AssetState } from "../../domain/asset";
import { guidOf } from "../../domain/ids";
import type { WireEntity } from "../../odata/edm";
import type { AccountDeps } from "../../services/account-deps";
import { assetToWire } from "./asset-to-wire";

/** The assets with these ids, as far as they still exist, as clients see them. */
export async function assetsToWire(
  deps: Pick<AccountDeps, "stores" | "blobs">,
  ids: readonly string[],
): Promise<WireEntity[]> {
  const found = await Promise.all(ids.map((id) => deps.stores.assets.get(id)));
  return found.flatMap((asset) => (asset === undefined ? [] : [assetToWire(deps, asset.value)]));
}

/** The assets that a job made this one from. One that is deleted is still listed, as deleted. */
export async function parentAssetsToWire(
  deps: Pick<AccountDeps, "stores" | "blobs">,
  child: Asset,
): Promise<WireEntity[]> {
  const found = await Promise.all(child.parentAssetIds.map((id) => deps.stores.assets.get(id)));
  return found.map((asset, n) =>
    assetToWire(deps, asset?.value ?? deletedParent(child, child.parentAssetIds[n] ?? "")),
  );
}

// All that is left of it is its id; clients need a date.
function deletedParent(child: Asset, id: string): Asset {
  return {
    ...child,
    id,
    name: null,
    alternateId: null,
    options: AssetOptions.none,
    formatOption: 0,
    state: AssetState.deleted,
    lastModified: child.created,
    container: assetContainer(guidOf("cid", id)),
  };
}
