import type { Asset } from "../../domain/asset";
import type { WireEntity } from "../../odata/edm";
import type { AccountDeps } from "../../services/account-deps";

/** An asset as clients see it. */
export function assetToWire({ blobs }: Pick<AccountDeps, "blobs">, asset: Asset): WireEntity {
  return {
    Id: asset.id,
    State: asset.state,
    Created: asset.created,
    LastModified: asset.lastModified,
    AlternateId: asset.alternateId,
    Name: asset.name,
    Options: asset.options,
    FormatOption: asset.formatOption,
    Uri: blobs.containerUrl(asset.container),
    StorageAccountName: asset.storageAccountName,
  };
}
