import * as trafficmanager from "@pulumi/azure-native/trafficmanager";
import * as pulumi from "@pulumi/pulumi";
import { endpointPriority } from "./endpoint-priority";
import type { Origin } from "./origin";
import type { PublicScheme } from "./settings/settings";

/** Inputs of {@link TrafficRouting}. */
export interface TrafficRoutingArgs {
  resourceGroupName: pulumi.Input<string>;
  /** Leftmost label of the host under `trafficmanager.net`, unique in all of Azure. */
  relativeName: string;
  origins: Origin[];
  publicScheme: PublicScheme;
  tags?: Record<string, string>;
}

/**
 * Traffic Manager over all data centers: a way in that does without the edge. It answers names, so a
 * player moves once four probes in a row failed and its answer lapsed: within a minute and a bit.
 */
export class TrafficRouting extends pulumi.ComponentResource {
  /** Host of the router. */
  readonly host: pulumi.Output<string>;

  constructor(name: string, args: TrafficRoutingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("twinstream:edge:TrafficRouting", name, {}, opts);

    const profile = this.declareProfile(name, args);
    const profileName = present(profile.name, `Traffic Manager '${args.relativeName}' has no name`);
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

    this.host = present(
      profile.dnsConfig.apply((dns) => dns?.fqdn),
      `Traffic Manager '${args.relativeName}' has no host name`,
    );
    this.registerOutputs({ host: this.host });
  }

  private declareProfile(name: string, args: TrafficRoutingArgs): trafficmanager.Profile {
    const secure = args.publicScheme === "https";
    const { HTTP, HTTPS } = trafficmanager.MonitorProtocol;
    return new trafficmanager.Profile(
      name,
      {
        resourceGroupName: args.resourceGroupName,
        profileName: args.relativeName,
        location: "global",
        profileStatus: trafficmanager.ProfileStatus.Enabled,
        trafficRoutingMethod: trafficmanager.TrafficRoutingMethod.Priority,
        dnsConfig: { relativeName: args.relativeName, ttl: 10 },
        // The fastest pace there is. The time-out's floor at this interval is 5 s.
        // https://learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring
        monitorConfig: {
          protocol: secure ? HTTPS : HTTP,
          port: secure ? 443 : 80,
          path: "/readyz",
          intervalInSeconds: 10,
          timeoutInSeconds: 5,
          toleratedNumberOfFailures: 3,
          expectedStatusCodeRanges: [{ min: 200, max: 200 }],
        },
        tags: args.tags,
      },
      { parent: this },
    );
  }
}

/** What Azure always answers, though the types allow for less. */
function present(value: pulumi.Output<string | undefined>, absent: string): pulumi.Output<string> {
  return value.apply((text) => {
    if (text !== undefined) return text;
    throw new Error(`${absent}.`);
  });
}
