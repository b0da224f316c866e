import * as pulumi from "@pulumi/pulumi";
import type { PublicScheme, Settings } from "./settings/settings";
import type { StreamingHost } from "./streaming-urls";

/** Every way in to the library. */
export interface WaysIn {
  scheme: PublicScheme;
  dataCenters: { name: string; host: pulumi.Input<string> }[];
  edge: pulumi.Input<string>;
  /** The host that Traffic Manager leads on, where players can use one. */
  trafficManager: pulumi.Input<string> | undefined;
}

/** The hosts that players may be given: each data center by its name, `edge`, and `trafficManager`. */
export function playerHosts(ways: WaysIn): Record<string, pulumi.Output<StreamingHost>> {
  const { scheme, dataCenters, edge, trafficManager } = ways;
  const hosts = [...dataCenters, { name: "edge", host: edge }];
  if (trafficManager !== undefined) hosts.push({ name: "trafficManager", host: trafficManager });
  return Object.fromEntries(
    hosts.map(({ name, host }) => [
      name,
      pulumi.output(host).apply((known) => ({ scheme, host: known })),
    ]),
  );
}

/**
 * The host that Traffic Manager leads on: the domain, else over http the router's own. Over https that
 * one is of no use: the router answers names, so the certificate of the data center behind it would
 * have to be for a host under `trafficmanager.net`.
 */
export function routedHost(
  scheme: PublicScheme,
  router: pulumi.Input<string>,
  domain: string | undefined,
): pulumi.Input<string> | undefined {
  return domain ?? (scheme === "http" ? router : undefined);
}

/** Address of the watch page on the edge; null, which Pulumi can export, where there is none. */
export function watchPageUrl(
  { mediaServices, publicScheme }: Pick<Settings, "mediaServices" | "publicScheme">,
  edgeHost: pulumi.Input<string>,
): pulumi.Output<string> | null {
  if (mediaServices.kind !== "self-hosted" || !mediaServices.watchPage) return null;
  return pulumi.interpolate`${publicScheme}://${edgeHost}/watch/`;
}
