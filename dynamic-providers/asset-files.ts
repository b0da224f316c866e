import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import type { AssetFilesInputs } from "./operations/asset-files";
import { operationResource, type ResourceArgs } from "./operation-resource";

/** What {@link AssetFiles} needs to know. */
export type AssetFilesArgs = ResourceArgs<AssetFilesInputs>;

/** The blobs in an asset's container, known to the account as the asset's files. */
export class AssetFiles extends operationResource("asset-files", "AssetFiles") {
  declare readonly fileCount: Output<number>;
  declare readonly primaryFileId: Output<string>;
  /** Sorted. */
  declare readonly fileNames: Output<string[]>;

  constructor(name: string, args: AssetFilesArgs, opts?: CustomResourceOptions) {
    const outputs = { fileCount: undefined, primaryFileId: undefined, fileNames: undefined };
    super(name, { ...outputs, ...args, version: 1 }, opts);
  }
}
