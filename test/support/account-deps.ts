import { randomUUID } from "node:crypto";
import type { AccountDeps } from "../../media-service/services/account-deps";
import { AccountSealer } from "../../media-service/services/account-sealer";
import { SealingKey } from "../../media-service/services/sealing-key";
import { AzureBlobStore } from "../../media-service/storage/azure-blob-store";
import { AzureJobQueue } from "../../media-service/storage/azure-job-queue";
import type { StorageAccess } from "../../media-service/storage/storage-access";
import { openTables } from "../../media-service/storage/table-account-stores";

/** An account over a storage account, for tests of use cases without the API. */
export async function openTestAccount(
  storage: StorageAccess,
  accountKey = "account key",
): Promise<AccountDeps> {
  const clock = { now: () => new Date() };
  const blobs = new AzureBlobStore(storage);
  return {
    account: {
      name: "mediatest",
      storageAccountName: storage.accountName,
      streamingBaseUrl: "http://media.test",
    },
    stores: await openTables(storage, clock),
    blobs,
    signer: blobs,
    queue: await AzureJobQueue.open(storage),
    sealer: new AccountSealer({ accountKey, stored: new SealingKey(blobs), under: "account" }),
    clock,
    newGuid: randomUUID,
  };
}
