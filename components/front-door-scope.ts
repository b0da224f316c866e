import type * as pulumi from "@pulumi/pulumi";

/** Where in Azure the parts of a Front Door are. */
export interface FrontDoorScope {
  resourceGroupName: pulumi.Input<string>;
  profileName: pulumi.Input<string>;
}
