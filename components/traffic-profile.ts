import * as trafficmanager from "@pulumi/azure-native/trafficmanager";
import type * as pulumi from "@pulumi/pulumi";
import type { PublicScheme } from "./settings/settings";

/**
 * The probes of every profile, at the fastest pace there is. The time-out's floor at this interval is 5 s.
 * https://learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring
 */
function readinessProbe(scheme: PublicScheme) {
  const secure = scheme === "https";
  const { HTTP, HTTPS } = trafficmanager.MonitorProtocol;
  return {
    protocol: secure ? HTTPS : HTTP,
    port: secure ? 443 : 80,
    path: "/readyz",
    intervalInSeconds: 10,
    timeoutInSeconds: 5,
    toleratedNumberOfFailures: 3,
    expectedStatusCodeRanges: [{ min: 200, max: 200 }],
  };
}

/** What differs between profiles. */
interface ProfileArgs {
  resourceGroupName: pulumi.Input<string>;
  /** Leftmost label of the host under `trafficmanager.net`, unique in all of Azure. */
  relativeName: string;
  publicScheme: PublicScheme;
  tags?: Record<string, string>;
}

/** Declares a profile that routes by a method, with answers as short-lived as its probes are fast. */
export function declareProfile(
  name: string,
  args: ProfileArgs & { method: trafficmanager.TrafficRoutingMethod },
  opts: pulumi.CustomResourceOptions,
): trafficmanager.Profile {
  return new trafficmanager.Profile(
    name,
    {
      resourceGroupName: args.resourceGroupName,
      profileName: args.relativeName,
      location: "global",
      profileStatus: trafficmanager.ProfileStatus.Enabled,
      trafficRoutingMethod: args.method,
      dnsConfig: { relativeName: args.relativeName, ttl: 10 },
      monitorConfig: readinessProbe(args.publicScheme),
      ...(args.tags && { tags: args.tags }),
    },
    opts,
  );
}

/** Host under which a profile is asked. */
export function profileHost(
  profile: trafficmanager.Profile,
  relativeName: string,
): pulumi.Output<string> {
  return presentOutput(
    profile.dnsConfig.apply((dns) => dns?.fqdn),
    `Traffic Manager '${relativeName}' has no host name`,
  );
}

/** What Azure always answers, though the types allow for less. */
export function presentOutput(
  value: pulumi.Output<string | undefined>,
  absent: string,
): pulumi.Output<string> {
  return value.apply((text) => {
    if (text !== undefined) return text;
    throw new Error(`${absent}.`);
  });
}
