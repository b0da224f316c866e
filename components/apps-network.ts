import { Subnet, VirtualNetwork } from "@pulumi/azure-native/network";
import type * as pulumi from "@pulumi/pulumi";

/** What a network is declared from. */
interface AppsNetworkArgs {
  resourceGroupName: pulumi.Input<string>;
  location: string;
  appName: string;
  tags?: Record<string, string>;
}

/** No one else is in the network; 512 addresses are enough for some 250 copies of apps. */
const addressSpace = "10.0.0.0/22";
const appsRange = "10.0.0.0/23";

/** Declares a network for apps alone; answers the id of the subnet that they run in. */
export function declareAppsNetwork(
  name: string,
  { resourceGroupName, location, appName, tags }: AppsNetworkArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const network = new VirtualNetwork(
    name,
    {
      resourceGroupName,
      location,
      virtualNetworkName: appName,
      addressSpace: { addressPrefixes: [addressSpace] },
      ...(tags && { tags }),
    },
    // The subnet is declared apart; without this each deployment would take it away again.
    { ...opts, ignoreChanges: ["subnets"] },
  );
  return new Subnet(
    `${name}-apps`,
    {
      resourceGroupName,
      virtualNetworkName: network.name,
      subnetName: "apps",
      addressPrefix: appsRange,
      delegations: [{ name: "apps", serviceName: "Microsoft.App/environments" }],
    },
    opts,
  ).id;
}
