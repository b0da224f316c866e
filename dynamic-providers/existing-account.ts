import type { CustomResourceOptions, Output } from "@pulumi/pulumi";
import type { ExistingAccountInputs } from "./operations/existing-account";
import { operationResource, type ResourceArgs } from "./operation-resource";

/** What {@link ExistingAccount} needs to know. */
export type ExistingAccountArgs = ResourceArgs<ExistingAccountInputs>;

/** An account that is there before the stack and after it, looked at in every preview. */
export class ExistingAccount extends operationResource("existing-account", "ExistingAccount") {
  /** The API's root, once the account has been looked at. */
  declare readonly apiUrl: Output<string>;
  /** The account's own storage account. */
  declare readonly storageAccountName: Output<string>;

  constructor(name: string, args: ExistingAccountArgs, opts?: CustomResourceOptions) {
    const outputs = { apiUrl: undefined, storageAccountName: undefined };
    super(name, { ...outputs, ...args, version: 1 }, opts);
  }
}
