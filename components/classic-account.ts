import { ServiceAccount } from "@pulumi/azure/media/serviceAccount";
import { StreamingEndpoint } from "@pulumi/azure/media/streamingEndpoint";
import { Provider } from "@pulumi/azure/provider";
import * as pulumi from "@pulumi/pulumi";
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
      storageAccounts: [{ id: args.storage.accountId, isPrimary: true }],
      ...(args.tags ? { tags: args.tags } : {}),
    },
    { ...opts, dependsOn: args.storage.parts },
  );
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
      // 0 is the Standard endpoint.
      scaleUnits: 0,
      autoStartEnabled: true,
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
