import type { TokenCredential } from "@azure/identity";
import { accountLabel, type EntraConnection } from "./account-connection";
import { deployerIdentity, idToken } from "./deployer-identity";
import { MediaServicesError } from "./media-services-error";

let credential: Promise<TokenCredential> | undefined;

/**
 * A token of Entra ID of whoever runs the deployment: a federated or managed identity, an application in
 * the environment, or who is logged in with the Azure CLI.
 *
 * @throws MediaServicesError saying how to log in.
 */
export async function entraToken(
  connection: EntraConnection,
): Promise<{ token: string; lifeMs: number }> {
  const { entraAudience } = connection;
  credential ??= openCredential();
  try {
    const found = await (await credential).getToken(`${entraAudience}/.default`);
    if (found === null) throw new Error("nobody is logged in.");
    return { token: found.token, lifeMs: found.expiresOnTimestamp - Date.now() };
  } catch (cause) {
    credential = undefined; // the next try sees who is logged in then
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new MediaServicesError(
      `Getting a token of Entra ID for ${accountLabel(connection)} (audience ${entraAudience}) failed: ${said} Log in (for example with az login), or check the audience, then run again.`,
      { kind: "denied", cause },
    );
  }
}

// Loaded late: it takes 30 MB, which providers of accounts with keys have no use for.
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
