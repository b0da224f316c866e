import {
  AzureNamedKeyCredential,
  TableClient,
  type TableServiceClientOptions,
} from "@azure/data-tables";
import type { TokenCredential } from "@azure/identity";
import { StorageSharedKeyCredential } from "@azure/storage-queue";
import { isByIdentity, type StorageAccess } from "./storage-access";

/** What signs requests to the account's queues. */
export function queueCredential(
  access: StorageAccess,
): StorageSharedKeyCredential | TokenCredential {
  return isByIdentity(access)
    ? access.identity
    : new StorageSharedKeyCredential(access.accountName, access.accountKey);
}

/** A client of one of the account's tables. */
export function tableClient(
  access: StorageAccess,
  name: string,
  options: TableServiceClientOptions,
): TableClient {
  const { tableEndpoint } = access;
  if (isByIdentity(access)) return new TableClient(tableEndpoint, name, access.identity, options);
  const credential = new AzureNamedKeyCredential(access.accountName, access.accountKey);
  return new TableClient(tableEndpoint, name, credential, options);
}
