import * as trafficmanager from "@pulumi/azure-native/trafficmanager";
import * as pulumi from "@pulumi/pulumi";
import { endpointPriority } from "./endpoint-priority";
import type { Origin } from "./origin";
import { sendLogs } from "./send-logs";
import type { PublicScheme } from "./settings/settings";
import { declareProfile, presentOutput, profileHost } from "./traffic-profile";

/** Inputs of {@link TrafficRouting}. */
export interface TrafficRoutingArgs {
  resourceGroupName: pulumi.Input<string>;
  /** Leftmost label of the host under `trafficmanager.net`, unique in all of Azure. */
  relativeName: string;
  origins: Origin[];
  publicScheme: PublicScheme;
  /** Where its logs go. Default nowhere. */
  logWorkspaceId?: pulumi.Input<string>;
  tags?: Record<string, string>;
}

/**
 * Traffic Manager over all data centers: a way in that does without the edge. It answers names, so a
 * player moves once four probes in a row failed and its answer lapsed: within a minute and a bit.
 */
export class TrafficRouting extends pulumi.ComponentResource {
  /** Host of the router. */
  readonly host: pulumi.Output<string>;
  /** Resource id of its profile. */
  readonly profileId: pulumi.Output<string>;

  constructor(name: string, args: TrafficRoutingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("twinstream:edge:TrafficRouting", name, {}, opts);

    const profile = declareProfile(
      name,
      { ...args, method: trafficmanager.TrafficRoutingMethod.Priority },
      { parent: this },
    );
    const profileName = presentOutput(
      profile.name,
      `Traffic Manager '${args.relativeName}' has no name`,
    );
    for (const { name: dataCenter, host, priority } of args.origins) {
      new trafficmanager.Endpoint(
        `${name}-${dataCenter}`,
        {
          resourceGroupName: args.resourceGroupName,
          profileName,
          endpointName: dataCenter,
          endpointType: "ExternalEndpoints",
          target: host,
          priority: endpointPriority(dataCenter, priority),
          endpointStatus: trafficmanager.EndpointStatus.Enabled,
        },
        { parent: this },
      );
    }

    const logs = { resourceId: profile.id, workspaceId: args.logWorkspaceId };
    sendLogs(name, logs, { parent: this });

    this.host = profileHost(profile, args.relativeName);
    this.profileId = profile.id;
    this.registerOutputs({ host: this.host });
  }
}
