import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import type { StreamingEndpointInputs } from "./operations/streaming-endpoint";
import { operationResource, type ResourceArgs } from "./operation-resource";

/** What {@link StreamingEndpoint} needs to know. */
export type StreamingEndpointArgs = ResourceArgs<StreamingEndpointInputs>;

/** The part of an account that serves streams: running while the stack stands. */
export class StreamingEndpoint extends operationResource(
  "streaming-endpoint",
  "StreamingEndpoint",
) {
  declare readonly endpointId: Output<string>;
  /** `Running`, unless somebody stopped it. */
  declare readonly state: Output<string>;
  /** Host of the streaming URLs. */
  declare readonly hostName: Output<string>;

  constructor(name: string, args: StreamingEndpointArgs, opts?: CustomResourceOptions) {
    const outputs = { endpointId: undefined, state: undefined, hostName: undefined };
    super(name, { ...outputs, ...args, version: 1 }, opts);
  }
}
