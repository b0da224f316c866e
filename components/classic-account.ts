import { ServiceAccount, type ServiceAccountArgs } from "@pulumi/azure/media/serviceAccount";
import { StreamingEndpoint } from "@pulumi/azure/media/streamingEndpoint";
import { Provider } from "@pulumi/azure/provider";
import type { media } from "@pulumi/azure/types/input";
import * as pulumi from "@pulumi/pulumi";
import { classicEndpointArgs } from "./classic-endpoint-args";
import type {
  MediaServicesAccountArgs,
  MediaServicesConnection,
} from "./media-services-connection";
import { servedAccountName } from "./served-account-name";
import type { ClassicSettings } from "./settings/media-services";

type ClassicArgs = MediaServicesAccountArgs<ClassicSettings>;

/** Audience of a token for the classic API. https://rest.media.azure.net is a name, not an address. */
const restAudience = "https://rest.media.azure.net";

// The account brings this endpoint along, stopped; a second one would cost a second time.
const endpointName = "default";

/** Declares an account of the classic service, and its streaming endpoint. */
export function declareClassicAccount(
  name: string,
  args: ClassicArgs,
  opts: pulumi.CustomResourceOptions,
): MediaServicesConnection {
  const { settings } = args;
  const { tenantId, clientId, clientSecret } = settings.servicePrincipal;
  const own = { ...opts, provider: declareProvider(name, settings, opts) };
  const account = declareAccount(name, args, own);
  const endpoint = declareEndpoint(name, { ...args, accountName: account.name }, own);
  const fill = (template: string) =>
    pulumi
      .all([account.name, endpoint.hostName])
      .apply(([name, host]) => filled(template, { account: name, location: args.location, host }));
  return {
    apiUrl: fill(settings.apiTemplate),
    accountName: pulumi.output(clientId),
    credentials: {
      tokenUrl: fill(`${settings.authority}${tenantId}/oauth2/token`),
      accountKey: pulumi.secret(clientSecret),
      resource: restAudience,
    },
    streamingHost: endpoint.hostName,
    streamingEndpointName: endpointName,
    storageAccountName: args.storage.accountName,
  };
}

function declareProvider(
  name: string,
  { servicePrincipal }: ClassicSettings,
  opts: pulumi.CustomResourceOptions,
): Provider {
  const { tenantId, clientId, clientSecret } = servicePrincipal;
  return new Provider(
    name,
    {
      tenantId,
      clientId,
      clientSecret: pulumi.secret(clientSecret),
      features: {},
      skipProviderRegistration: true,
    },
    opts,
  );
}

function declareAccount(
  name: string,
  args: ClassicArgs,
  opts: pulumi.CustomResourceOptions,
): ServiceAccount {
  return new ServiceAccount(
    name,
    {
      name: servedAccountName(args.accountName, args.subscriptionId),
      resourceGroupName: args.resourceGroupName,
      location: args.location,
      ...storageOf(args),
      publicNetworkAccessEnabled: true,
      keyDeliveryAccessControl: keyDelivery(args.settings),
      ...(args.tags ? { tags: args.tags } : {}),
    },
    { ...opts, dependsOn: [...args.storage.parts, ...(args.identity?.grants ?? [])] },
  );
}

/** An account with an identity comes to its store as that; else with the store's key. */
function storageOf({
  identity,
  storage,
}: ClassicArgs): Pick<
  ServiceAccountArgs,
  "identity" | "storageAccounts" | "storageAuthenticationType"
> {
  const primary = { id: storage.accountId, isPrimary: true };
  if (!identity) return { storageAuthenticationType: "System", storageAccounts: [primary] };
  const { identityId: userAssignedIdentityId } = identity;
  return {
    identity: { type: "UserAssigned", identityIds: [userAssignedIdentityId] },
    storageAuthenticationType: "ManagedIdentity",
    storageAccounts: [
      { ...primary, managedIdentity: { useSystemAssignedIdentity: false, userAssignedIdentityId } },
    ],
  };
}

function keyDelivery({
  keyDeliveryAllow: ranges,
}: ClassicSettings): media.ServiceAccountKeyDeliveryAccessControl {
  if (ranges === undefined) return { defaultAction: "Allow" };
  return {
    defaultAction: "Deny",
    ipAllowLists: ranges.map(({ address, prefixLength }) => `${address}/${prefixLength}`),
  };
}

function declareEndpoint(
  name: string,
  args: Omit<ClassicArgs, "accountName"> & { accountName: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
): StreamingEndpoint {
  return new StreamingEndpoint(
    name,
    {
      name: endpointName,
      resourceGroupName: args.resourceGroupName,
      location: args.location,
      mediaServicesAccountName: args.accountName,
      autoStartEnabled: true,
      ...classicEndpointArgs(args.settings.endpoint),
      ...(args.tags ? { tags: args.tags } : {}),
    },
    opts,
  );
}

function filled(template: string, values: Record<string, string>): string {
  return template.replaceAll(
    /\{(\w+)\}/g,
    (placeholder, name: string) => values[name] ?? placeholder,
  );
}
