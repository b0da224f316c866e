import { deployerCredential, forgetDeployerCredential } from "../deployer-credential";
import { accountLabel, type EntraConnection } from "./account-connection";
import { MediaServicesError } from "./media-services-error";

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
  try {
    const credential = await deployerCredential();
    const found = await credential.getToken(`${entraAudience}/.default`);
    if (found === null) throw new Error("nobody is logged in.");
    return { token: found.token, lifeMs: found.expiresOnTimestamp - Date.now() };
  } catch (cause) {
    forgetDeployerCredential(); // the next try sees who is logged in then
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new MediaServicesError(
      `Getting a token of Entra ID for ${accountLabel(connection)} (audience ${entraAudience}) failed: ${said} Log in (for example with az login), or check the audience, then run again.`,
      { kind: "denied", cause },
    );
  }
}
