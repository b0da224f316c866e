import type { TokenCredential } from "@azure/identity";

/**
 * The managed identity of this process; without a client id the platform's only one. The library is
 * loaded here and not above: it takes 30 MB, and a process with an account key has no use for it.
 */
export async function managedIdentity(clientId: string | undefined): Promise<TokenCredential> {
  const { ManagedIdentityCredential } = await import("@azure/identity");
  return clientId === undefined
    ? new ManagedIdentityCredential()
    : new ManagedIdentityCredential({ clientId });
}
