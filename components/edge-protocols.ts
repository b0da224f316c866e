import * as cdn from "@pulumi/azure-native/cdn";
import type { PublicScheme } from "./settings/settings";

/** How the edge speaks to players and to origins. Over https no request goes on in clear text. */
export function edgeProtocols(scheme: PublicScheme) {
  const { Http, Https } = cdn.AFDEndpointProtocols;
  return scheme === "https"
    ? {
        probe: cdn.ProbeProtocol.Https,
        route: {
          supportedProtocols: [Http, Https],
          forwardingProtocol: cdn.ForwardingProtocol.HttpsOnly,
          httpsRedirect: cdn.HttpsRedirect.Enabled,
        },
      }
    : {
        probe: cdn.ProbeProtocol.Http,
        route: {
          supportedProtocols: [Http],
          forwardingProtocol: cdn.ForwardingProtocol.HttpOnly,
          httpsRedirect: cdn.HttpsRedirect.Disabled,
        },
      };
}
