import type { TokenCredential } from "@azure/identity";

/** Where the services of a storage account are; without slashes at the end. */
export interface StoreAddresses {
  readonly accountName: string;
  readonly blobEndpoint: string;
  readonly queueEndpoint: string;
  readonly tableEndpoint: string;
}

/** A storage account that is reached by its key. */
export interface SharedKeyAccess extends StoreAddresses {
  /** Secret. */
  readonly accountKey: string;
}

/** A storage account that is reached by tokens of an identity with roles on it; over https only. */
export interface IdentityAccess extends StoreAddresses {
  readonly identity: TokenCredential;
}

/** How to reach a storage account. */
export type StorageAccess = SharedKeyAccess | IdentityAccess;

/** Whether the account is reached by tokens. */
export function isByIdentity(access: StorageAccess): access is IdentityAccess {
  return "identity" in access;
}
