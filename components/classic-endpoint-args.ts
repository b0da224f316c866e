import type { StreamingEndpointArgs } from "@pulumi/azure/media/streamingEndpoint";
import * as pulumi from "@pulumi/pulumi";
import type { ClassicEndpoint } from "./settings/classic-endpoint";

type Args = Omit<
  StreamingEndpointArgs,
  "location" | "mediaServicesAccountName" | "name" | "resourceGroupName" | "tags"
>;

/** What is chosen of a classic streaming endpoint, in the words of its class. */
export function classicEndpointArgs(endpoint: ClassicEndpoint): Args {
  const { description, scaleUnits, maxCacheAgeSeconds, cdn, customHostNames } = endpoint;
  return {
    scaleUnits,
    ...(description !== undefined && { description }),
    ...(maxCacheAgeSeconds !== undefined && { maxCacheAgeSeconds }),
    // Said also where there is none, so that one that is taken out of the settings ends.
    cdnEnabled: cdn !== undefined,
    ...(cdn && { cdnProvider: cdn.provider }),
    ...(cdn?.profile !== undefined && { cdnProfile: cdn.profile }),
    ...(customHostNames.length > 0 && { customHostNames }),
    ...accessControl(endpoint),
    ...policies(endpoint),
  };
}

function accessControl({ allow, akamaiKeys }: ClassicEndpoint): Pick<Args, "accessControl"> {
  if (allow.length + akamaiKeys.length === 0) return {};
  const ipAllows = allow.map(({ address, prefixLength }) => ({
    name: `${address}/${prefixLength}`,
    address,
    subnetPrefixLength: prefixLength,
  }));
  const keys = akamaiKeys.map(({ base64Key, ...key }) => ({
    ...key,
    base64Key: pulumi.secret(base64Key),
  }));
  return {
    accessControl: {
      ...(ipAllows.length > 0 && { ipAllows }),
      ...(keys.length > 0 && { akamaiSignatureHeaderAuthenticationKeys: keys }),
    },
  };
}

function policies({
  clientAccessPolicy,
  crossDomainPolicy,
}: ClassicEndpoint): Pick<Args, "crossSiteAccessPolicy"> {
  if (clientAccessPolicy === undefined && crossDomainPolicy === undefined) return {};
  return {
    crossSiteAccessPolicy: {
      ...(clientAccessPolicy !== undefined && { clientAccessPolicy }),
      ...(crossDomainPolicy !== undefined && { crossDomainPolicy }),
    },
  };
}
