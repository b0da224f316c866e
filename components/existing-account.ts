import * as pulumi from "@pulumi/pulumi";
import { ExistingAccount } from "../dynamic-providers/existing-account";
import { accountInput, type MediaServicesConnection } from "./media-services-connection";
import type { ExistingSettings } from "./settings/existing-accounts";
import type { PublicScheme } from "./settings/settings";

/** Connects to an account that is there already; previews say when it can't be reached. */
export function declareExistingAccount(
  dataCenter: string,
  { settings, publicScheme }: { settings: ExistingSettings; publicScheme: PublicScheme },
  opts: pulumi.CustomResourceOptions,
): MediaServicesConnection {
  const account = settings.accounts[dataCenter];
  if (account === undefined) throw new Error(`Data center '${dataCenter}' has no account.`);
  const { streamingHost, streamingEndpoint, secretName, storageAccount } = account;
  const given = {
    apiUrl: pulumi.output(account.apiUrl),
    accountName: pulumi.output(account.clientId),
    credentials: {
      tokenUrl: pulumi.output(account.tokenUrl),
      accountKey: pulumi.secret(account.secret),
      ...(account.audience !== undefined && { resource: account.audience }),
    },
    streamingHost: pulumi.output(streamingHost),
    streamingEndpointName: streamingEndpoint,
  };
  const found = new ExistingAccount(
    dataCenter,
    {
      account: accountInput(given),
      configuredAt: `${pulumi.getProject()}:accounts.${dataCenter}`,
      secretName,
      streamingEndpoint,
      streamingUrl: `${publicScheme}://${streamingHost}/`,
      ...(storageAccount !== undefined && { storageAccount }),
    },
    opts,
  );
  // Known once the account has been looked at: nothing is done in one that is wrong.
  return { ...given, apiUrl: found.apiUrl, storageAccountName: found.storageAccountName };
}
