import { type CustomResourceOptions, dynamic, type Output } from "@pulumi/pulumi";
import type { MezzanineAssetInputs } from "./operations/mezzanine-asset";
import { providerStub, type ResourceArgs } from "./provider-stub";

/** What {@link MezzanineAsset} needs to know. */
export type MezzanineAssetArgs = ResourceArgs<MezzanineAssetInputs, "contentSha256" | "sizeBytes">;

/** A video of this machine as an asset in an account: the input of the encoding. */
export class MezzanineAsset extends dynamic.Resource {
  declare readonly assetId: Output<string>;
  declare readonly assetFileId: Output<string>;
  /** Name of the file in the asset. */
  declare readonly fileName: Output<string>;
  /** The asset's blob container. */
  declare readonly container: Output<string>;
  /** Hex; known at preview already. */
  declare readonly contentSha256: Output<string>;
  declare readonly sizeBytes: Output<number>;

  constructor(name: string, args: MezzanineAssetArgs, opts?: CustomResourceOptions) {
    const outputs = {
      assetId: undefined,
      assetFileId: undefined,
      fileName: undefined,
      container: undefined,
      contentSha256: undefined,
      sizeBytes: undefined,
    };
    super(
      providerStub("mezzanine-asset"),
      name,
      { ...outputs, ...args, version: 1 },
      opts,
      "twinstream",
      "MezzanineAsset",
    );
  }
}
