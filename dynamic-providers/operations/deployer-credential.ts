import type { TokenCredential } from "@azure/identity";
import { deployerIdentity, idToken } from "./media-services-client/deployer-identity";

let credential: Promise<TokenCredential> | undefined;

/**
 * Who runs the deployment: a federated or managed identity, an application in the environment, or who is
 * logged in with the Azure CLI. Kept for as long as the process runs, and with it the tokens.
 */
export function deployerCredential(): Promise<TokenCredential> {
  return (credential ??= openCredential());
}

/** Lets the next one who asks look anew at who is logged in. */
export function forgetDeployerCredential(): void {
  credential = undefined;
}

// Loaded late: it takes 30 MB, which who meets only keys has no use for.
async function openCredential(): Promise<TokenCredential> {
  const identity = await import("@azure/identity");
  const who = deployerIdentity(process.env);
  switch (who.kind) {
    case "federated":
      return new identity.ClientAssertionCredential(who.tenantId, who.clientId, () =>
        idToken(who.request),
      );
    case "secret":
      return new identity.ClientSecretCredential(who.tenantId, who.clientId, who.clientSecret);
    case "found":
      return new identity.DefaultAzureCredential();
  }
}
