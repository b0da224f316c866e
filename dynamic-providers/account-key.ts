import { type CustomResourceOptions, mergeOptions, type Output } from "@pulumi/pulumi";
import type { AccountKeyInputs } from "./operations/account-key";
import { operationResource, type ResourceArgs } from "./operation-resource";

/** What {@link AccountKey} needs to know. */
export type AccountKeyArgs = ResourceArgs<AccountKeyInputs>;

/** A random key, made once and kept as a secret of the stack until it is rotated. */
export class AccountKey extends operationResource("account-key", "AccountKey") {
  /** Base64. A secret. */
  declare readonly key: Output<string>;

  constructor(name: string, args: AccountKeyArgs, opts?: CustomResourceOptions) {
    const outputs = { key: undefined };
    const secret = mergeOptions(opts, { additionalSecretOutputs: ["key"] });
    super(name, { ...outputs, ...args, version: 1 }, secret);
  }
}
