import type * as StorageBlob from "@azure/storage-blob";

/**
 * Azure's library for blobs, loaded when a blob is first touched: that takes as long as the rest of a
 * run that changes nothing, and such a run touches none.
 */
export function storageBlob(): typeof StorageBlob {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it at once
  return require("@azure/storage-blob") as typeof StorageBlob;
}
