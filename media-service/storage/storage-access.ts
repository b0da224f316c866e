/** How to reach a storage account by its key. */
export interface StorageAccess {
  readonly accountName: string;
  /** Secret. */
  readonly accountKey: string;
  readonly blobEndpoint: string;
  readonly queueEndpoint: string;
  readonly tableEndpoint: string;
}
