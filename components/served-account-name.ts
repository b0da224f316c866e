import * as pulumi from "@pulumi/pulumi";
import { localSubscriptionId } from "./local-subscription";

/**
 * A classic account's name, once it is certain that there is a service to make it in: no subscription
 * of Azure has one any more, and would say so in the middle of a deployment only.
 *
 * @throws RunError, at preview already, where the deployment goes to Azure.
 */
export function servedAccountName(
  accountName: string,
  subscriptionId: pulumi.Input<string>,
): pulumi.Output<string> {
  return pulumi.output(subscriptionId).apply((subscription) => {
    if (subscription === localSubscriptionId) return accountName;
    throw new pulumi.RunError(
      `twinstream:mediaServices: is "azure", but this deployment goes to subscription ${subscription},` +
        " and Microsoft retired Azure Media Services on 2024-06-30: no account can be made there; set" +
        ' it to "self-hosted", or to "existing" for an account elsewhere',
    );
  });
}
