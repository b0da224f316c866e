import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import type { AccessPolicyInputs } from "./operations/access-policy";
import { operationResource, type ResourceArgs } from "./operation-resource";

/** What {@link AccessPolicy} needs to know. */
export type AccessPolicyArgs = ResourceArgs<AccessPolicyInputs>;

/** How long, from its start, a locator may be used, and for what. Shared by all locators of one purpose. */
export class AccessPolicy extends operationResource("access-policy", "AccessPolicy") {
  /** Id in the account, `nb:pid:UUID:...`. */
  declare readonly policyId: Output<string>;

  constructor(name: string, args: AccessPolicyArgs, opts?: CustomResourceOptions) {
    const outputs = { policyId: undefined };
    super(name, { ...outputs, ...args, version: 1 }, opts);
  }
}
