import * as trafficmanager from "@pulumi/azure-native/trafficmanager";
import * as pulumi from "@pulumi/pulumi";
import { declareAlias } from "./domain-records";
import { sendLogs } from "./send-logs";
import type { ActivePath, ViewersDomain } from "./settings/delivery";
import type { PublicScheme } from "./settings/settings";
import { declareProfile, presentOutput, profileHost } from "./traffic-profile";

/** Inputs of {@link ViewersHost}. */
export interface ViewersHostArgs {
  resourceGroupName: pulumi.Input<string>;
  /** Leftmost label of the switch under `trafficmanager.net`, unique in all of Azure. */
  relativeName: string;
  domain: ViewersDomain;
  activePath: ActivePath;
  /** Host of Front Door's endpoint. */
  frontDoorHost: pulumi.Input<string>;
  /** Resource id of the Traffic Manager profile over the data centers. */
  dataCentersProfileId: pulumi.Input<string>;
  publicScheme: PublicScheme;
  /** Where its logs go. Default nowhere. */
  logWorkspaceId?: pulumi.Input<string>;
  tags?: Record<string, string>;
}

/**
 * The host that viewers are given, and the switch behind it: a Traffic Manager profile over Front Door
 * and over the profile of the data centers. It is switched by hand, in the configuration or in the
 * portal: a host name lives in one Front Door only, so nothing better than the data centers themselves
 * could take Front Door's place, and leaving it unasked would cost them all of its cache.
 */
export class ViewersHost extends pulumi.ComponentResource {
  /** The host. */
  readonly host: string;

  constructor(name: string, args: ViewersHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("twinstream:edge:ViewersHost", name, {}, opts);

    const profile = declareProfile(
      name,
      { ...args, method: trafficmanager.TrafficRoutingMethod.Weighted },
      { parent: this },
    );
    const scope = {
      resourceGroupName: args.resourceGroupName,
      profileName: presentOutput(
        profile.name,
        `Traffic Manager '${args.relativeName}' has no name`,
      ),
    };
    const status = (path: ActivePath) =>
      [path, "both"].includes(args.activePath)
        ? trafficmanager.EndpointStatus.Enabled
        : trafficmanager.EndpointStatus.Disabled;
    this.declareEndpoint(`${name}-front-door`, {
      ...scope,
      endpointName: "front-door",
      endpointType: "ExternalEndpoints",
      target: args.frontDoorHost,
      // No probe takes viewers away from here: behind it are the same data centers.
      alwaysServe: trafficmanager.AlwaysServe.Enabled,
      endpointStatus: status("front-door"),
    });
    this.declareEndpoint(`${name}-direct`, {
      ...scope,
      endpointName: "data-centers",
      endpointType: "NestedEndpoints",
      targetResourceId: args.dataCentersProfileId,
      minChildEndpoints: 1,
      endpointStatus: status("direct"),
    });
    const { domain } = args;
    const target = profileHost(profile, args.relativeName);
    declareAlias(name, { domain, target }, { parent: this });
    const logs = { resourceId: profile.id, workspaceId: args.logWorkspaceId };
    sendLogs(name, logs, { parent: this });

    this.host = domain.name;
    this.registerOutputs({ host: this.host });
  }

  /** Both weigh the same: enabled together, each is given to half of those who ask. */
  private declareEndpoint(name: string, args: trafficmanager.EndpointArgs): void {
    new trafficmanager.Endpoint(name, { ...args, weight: 100 }, { parent: this });
  }
}
