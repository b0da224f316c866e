import * as pulumi from "@pulumi/pulumi";
import { ExistingAccount } from "../dynamic-providers/existing-account";
import { accountInput, type MediaServicesConnection } from "./media-services-connection";
import type { ExistingAccountSettings, ExistingSettings } from "./settings/existing-accounts";
import type { PublicScheme } from "./settings/settings";

/** Connects to an account that is there already; previews say when it can't be reached. */
export function declareExistingAccount(
  dataCenter: string,
  { settings, publicScheme }: { settings: ExistingSettings; publicScheme: PublicScheme },
  opts: pulumi.CustomResourceOptions,
): MediaServicesConnection {
  const account = settings.accounts[dataCenter];
  if (account === undefined) throw new Error(`Data center '${dataCenter}' has no account.`);
  const { access, streamingHost, streamingEndpoint, storageAccount } = account;
  const given = {
    apiUrl: pulumi.output(account.apiUrl),
    accountName: pulumi.output(account.accountName),
    credentials: credentials(access),
    streamingHost: pulumi.output(streamingHost),
    streamingEndpointName: streamingEndpoint,
  };
  const found = new ExistingAccount(
    dataCenter,
    {
      account: accountInput(given),
      configuredAt: `${pulumi.getProject()}:accounts.${dataCenter}`,
      accessMember: access.member,
      streamingEndpoint,
      streamingUrl: `${publicScheme}://${streamingHost}/`,
      ...(storageAccount !== undefined && { storageAccount }),
    },
    opts,
  );
  // Known once the account has been looked at: nothing is done in one that is wrong.
  return { ...given, apiUrl: found.apiUrl, storageAccountName: found.storageAccountName };
}

function credentials(
  access: ExistingAccountSettings["access"],
): MediaServicesConnection["credentials"] {
  if (access.member === "audience") return { entraAudience: pulumi.output(access.audience) };
  const { tokenUrl, secret, audience } = access;
  return {
    tokenUrl: pulumi.output(tokenUrl),
    accountKey: pulumi.secret(secret),
    ...(audience !== undefined && { resource: audience }),
  };
}
