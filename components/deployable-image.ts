import * as pulumi from "@pulumi/pulumi";
import { localSubscriptionId } from "./local-subscription";
import { isLocalImage } from "./settings/container-image";

/**
 * The image, once it is certain that it can be deployed: one that stands for the local cloud's own
 * must not reach Azure, where an app without an image would be found out minutes later.
 *
 * @throws RunError, at preview already, when an image of this machine only is to go to Azure.
 */
export function deployableImage(
  image: string,
  subscriptionId: pulumi.Input<string>,
): pulumi.Output<string> {
  return pulumi.output(subscriptionId).apply((subscription) => {
    if (!isLocalImage(image) || subscription === localSubscriptionId) return image;
    throw new pulumi.RunError(
      `twinstream:image: is "${image}", which only the local cloud runs, but this deployment goes to` +
        ` subscription ${subscription}; give it <registry>/<repository>@sha256:<64 hex digits>`,
    );
  });
}
