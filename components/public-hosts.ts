import * as pulumi from "@pulumi/pulumi";
import type { PublicScheme, Settings } from "./settings/settings";
import type { StreamingHost } from "./streaming-urls";

/** Every way in to the library. */
export interface WaysIn {
  scheme: PublicScheme;
  dataCenters: { name: string; host: pulumi.Input<string> }[];
  edge: pulumi.Output<string>;
  trafficManager: pulumi.Output<string>;
}

/**
 * The hosts that players may be given: each data center by its name, `edge`, and `trafficManager`
 * where it works. Over https it does not: the router answers names, so the certificate of the data
 * center behind it would have to be for the router's host, which needs a domain of one's own.
 */
export function playerHosts(ways: WaysIn): Record<string, pulumi.Output<StreamingHost>> {
  const { scheme, dataCenters, edge, trafficManager } = ways;
  const hosts = [...dataCenters, { name: "edge", host: edge }];
  if (scheme === "http") hosts.push({ name: "trafficManager", host: trafficManager });
  return Object.fromEntries(
    hosts.map(({ name, host }) => [
      name,
      pulumi.output(host).apply((known) => ({ scheme, host: known })),
    ]),
  );
}

/** Address of the watch page on the edge; null, which Pulumi can export, where there is none. */
export function watchPageUrl(
  { mediaServices, publicScheme }: Pick<Settings, "mediaServices" | "publicScheme">,
  edgeHost: pulumi.Input<string>,
): pulumi.Output<string> | null {
  if (mediaServices.kind !== "self-hosted" || !mediaServices.watchPage) return null;
  return pulumi.interpolate`${publicScheme}://${edgeHost}/watch/`;
}
