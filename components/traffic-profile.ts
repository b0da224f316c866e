import * as trafficmanager from "@pulumi/azure-native/trafficmanager";
import type * as pulumi from "@pulumi/pulumi";
import type { PublicScheme } from "./settings/settings";

/**
 * The probes of every profile, at the fastest pace there is. The time-out's floor at this interval is 5 s.
 * https://learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring
 */
export function readinessProbe(scheme: PublicScheme) {
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
