import { type CustomResourceOptions, dynamic, type Output } from "@pulumi/pulumi";
import type { ReplicaAssetInputs } from "./operations/replica-asset";
import { providerStub, type ResourceArgs } from "./provider-stub";

/** What {@link ReplicaAsset} needs to know. */
export type ReplicaAssetArgs = ResourceArgs<ReplicaAssetInputs>;

/** The asset that holds the copy of another data center's. */
export class ReplicaAsset extends dynamic.Resource {
  declare readonly assetId: Output<string>;
  /** The replica's own blob container. */
  declare readonly container: Output<string>;

  constructor(name: string, args: ReplicaAssetArgs, opts?: CustomResourceOptions) {
    const outputs = { assetId: undefined, container: undefined };
    super(
      providerStub("replica-asset"),
      name,
      { ...outputs, ...args, version: 1 },
      opts,
      "twinstream",
      "ReplicaAsset",
    );
  }
}
