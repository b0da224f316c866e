import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import type { AssetCopyInputs } from "./operations/asset-copy";
import { operationResource, type ResourceArgs } from "./operation-resource";

/** What {@link AssetCopy} needs to know. */
export type AssetCopyArgs = ResourceArgs<AssetCopyInputs>;

/**
 * The blobs of an asset, kept equal to those of an asset in another account: copied by the stores
 * themselves where they can, through this machine where they can't, and always compared.
 */
export class AssetCopy extends operationResource("asset-copy", "AssetCopy") {
  /** Blobs in the copy. */
  declare readonly blobCount: Output<number>;
  declare readonly totalBytes: Output<number>;
  /** SHA-256 in hex over names, lengths and MD5s. */
  declare readonly contentDigest: Output<string>;

  constructor(name: string, args: AssetCopyArgs, opts?: CustomResourceOptions) {
    const outputs = {
      blobCount: undefined,
      totalBytes: undefined,
      contentDigest: undefined,
      comparedDigest: undefined,
      blobs: undefined,
      foreign: undefined,
      drift: undefined,
    };
    super(name, { ...outputs, ...args, version: 1 }, opts);
  }
}
