import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import type { StreamingLocatorInputs } from "./operations/streaming-locator";
import { operationResource, type ResourceArgs } from "./operation-resource";

/** What {@link StreamingLocator} needs to know. */
export type StreamingLocatorArgs = ResourceArgs<StreamingLocatorInputs>;

/** The address under which players reach an asset; in a second account under the id that the first one gave. */
export class StreamingLocator extends operationResource("streaming-locator", "StreamingLocator") {
  declare readonly locatorId: Output<string>;
  declare readonly locatorGuid: Output<string>;
  /** Address in the account, with the host. */
  declare readonly path: Output<string>;
  /** `/{guid}/{manifest}`: equal in all accounts that publish under this id. */
  declare readonly relativePath: Output<string>;
  /** ISO 8601. */
  declare readonly startTime: Output<string>;
  /** ISO 8601. */
  declare readonly expirationDateTime: Output<string>;

  constructor(name: string, args: StreamingLocatorArgs, opts?: CustomResourceOptions) {
    const outputs = {
      locatorId: undefined,
      locatorGuid: undefined,
      path: undefined,
      relativePath: undefined,
      startTime: undefined,
      expirationDateTime: undefined,
    };
    super(name, { ...outputs, ...args, version: 1 }, opts);
  }
}
