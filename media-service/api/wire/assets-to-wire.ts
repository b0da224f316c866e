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
