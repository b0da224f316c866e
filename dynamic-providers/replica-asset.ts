import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import type { ReplicaAssetInputs } from "./operations/replica-asset";
import { operationResource, type ResourceArgs } from "./operation-resource";

/** What {@link ReplicaAsset} needs to know. */
export type ReplicaAssetArgs = ResourceArgs<ReplicaAssetInputs>;

/** The asset that holds the copy of another data center's. */
export class ReplicaAsset extends operationResource("replica-asset", "ReplicaAsset") {
  declare readonly assetId: Output<string>;
  /** The replica's own blob container. */
  declare readonly container: Output<string>;

  constructor(name: string, args: ReplicaAssetArgs, opts?: CustomResourceOptions) {
    const outputs = { assetId: undefined, container: undefined };
    super(name, { ...outputs, ...args, version: 1 }, opts);
  }
}
