import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import type { EncodingJobInputs } from "./operations/encoding-job";
import { operationResource, type ResourceArgs } from "./operation-resource";

/** What {@link EncodingJob} needs to know. */
export type EncodingJobArgs = ResourceArgs<EncodingJobInputs>;

/** An asset encoded for streaming: the job, followed to its end, and the asset that comes out. */
export class EncodingJob extends operationResource("encoding-job", "EncodingJob") {
  declare readonly jobId: Output<string>;
  declare readonly outputAssetId: Output<string>;
  /** Protection of the output: 0, none. */
  declare readonly outputAssetOptions: Output<number>;
  /** The output asset's blob container. */
  declare readonly container: Output<string>;
  /** The server manifest, which is the primary file. */
  declare readonly ismFileName: Output<string>;
  /** Another one means that the output's content is another. */
  declare readonly contentTag: Output<string>;

  constructor(name: string, args: EncodingJobArgs, opts?: CustomResourceOptions) {
    const outputs = {
      jobId: undefined,
      outputAssetId: undefined,
      outputAssetOptions: undefined,
      container: undefined,
      ismFileName: undefined,
      contentTag: undefined,
    };
    super(name, { ...outputs, ...args, version: 1 }, opts);
  }
}
