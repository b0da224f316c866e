import * as app from "@pulumi/azure-native/app";
import type * as pulumi from "@pulumi/pulumi";
import { declareAppsNetwork } from "./apps-network";
import type { MediaServicesAccountArgs } from "./media-services-connection";
import { sendLogs } from "./send-logs";
import type { SelfHostedSettings } from "./settings/media-services";

/** Declares what a data center's apps run in, and sends its logs to the data center's workspace. */
export function declareAppsEnvironment(
  name: string,
  args: MediaServicesAccountArgs<SelfHostedSettings>,
  opts: pulumi.CustomResourceOptions,
): app.ManagedEnvironment {
  const { hosting, identity, logWorkspaceId } = args;
  const environment = new app.ManagedEnvironment(
    name,
    {
      resourceGroupName: args.resourceGroupName,
      environmentName: args.appName,
      location: args.location,
      // Not "log-analytics": that form takes a workspace's shared key, which would be in the state.
      appLogsConfiguration: { destination: "azure-monitor" },
      workloadProfiles: [{ name: "Consumption", workloadProfileType: "Consumption" }],
      ...(identity && {
        identity: {
          type: app.ManagedServiceIdentityType.UserAssigned,
          userAssignedIdentities: [identity.identityId],
        },
      }),
      ...(hosting.zoneRedundant && zones(declareAppsNetwork(name, args, opts))),
      tags: args.tags,
    },
    opts,
  );
  const logs = { resourceId: environment.id, workspaceId: logWorkspaceId };
  sendLogs(`${name}-apps`, logs, opts);
  return environment;
}

// Azure spreads an environment over zones only in a network of the user's, and never later.
function zones(subnetId: pulumi.Output<string>) {
  return {
    zoneRedundant: true,
    vnetConfiguration: { infrastructureSubnetId: subnetId, internal: false },
  };
}
