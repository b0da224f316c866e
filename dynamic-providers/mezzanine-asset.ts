import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import type { MezzanineAssetInputs } from "./operations/mezzanine-asset";
import { operationResource, type ResourceArgs } from "./operation-resource";

/** What {@link MezzanineAsset} needs to know. */
export type MezzanineAssetArgs = ResourceArgs<
  MezzanineAssetInputs,
  "contentSha256" | "contentTag" | "sizeBytes"
>;

/** A video of this machine, or of a container in Azure Storage, as an asset in an account: the input of the encoding. */
export class MezzanineAsset extends operationResource("mezzanine-asset", "MezzanineAsset") {
  declare readonly assetId: Output<string>;
  declare readonly assetFileId: Output<string>;
  /** Name of the file in the asset. */
  declare readonly fileName: Output<string>;
  /** The asset's blob container. */
  declare readonly container: Output<string>;
  /** Hex; known at preview already. Undefined where the video is a blob. */
  declare readonly contentSha256: Output<string>;
  /** What tells a blob's content from another; undefined where the video is a file. */
  declare readonly contentTag: Output<string>;
  declare readonly sizeBytes: Output<number>;

  constructor(name: string, args: MezzanineAssetArgs, opts?: CustomResourceOptions) {
    const outputs = {
      assetId: undefined,
      assetFileId: undefined,
      fileName: undefined,
      container: undefined,
      contentSha256: undefined,
      contentTag: undefined,
      sizeBytes: undefined,
    };
    super(name, { ...outputs, ...args, version: 1 }, opts);
  }
}
