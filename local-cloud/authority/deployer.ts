import type { Home } from "../home";

/** The app role that lets a principal call a media service; see `media-service/services/entra-tokens.ts`. */
export const deployerRole = "MediaServices.Contributor";

/**
 * What a deployer is given: its own identity, by which `@azure/identity` finds it before anything that
 * the user is logged in to, and what it trusts.
 */
export function deployerEnvironment(
  identity: Readonly<Record<string, string>>,
  home: Pick<Home, "trustedFile">,
): Record<string, string> {
  return {
    ...identity,
    AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
    AZURE_CLIENT_ID: "",
    NODE_EXTRA_CA_CERTS: home.trustedFile,
  };
}
