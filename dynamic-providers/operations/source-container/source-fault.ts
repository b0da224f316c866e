import { describeStoreError, statusOf, storeCodeOf } from "../copy/copy-error";
import type { ContainerAddress } from "./container-address";

const ROLE = "Storage Blob Data Reader";
/** Faults of who asks, by `@azure/identity`. */
const NO_IDENTITY =
  /^(?:CredentialUnavailable|AggregateAuthentication|Authentication|ChainedToken)/;
const NO_ANSWER = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT"]);

/** What a store that can't be read as a library says, with what to do; never with an address. */
export function sourceFault(
  error: unknown,
  { accountName, containerName }: ContainerAddress,
): string {
  if (error instanceof Error && NO_IDENTITY.test(error.name)) {
    const said = describeStoreError(error);
    return `nobody is logged in who could be asked (${said}). Log in, for example with az login, then run again`;
  }
  // The store's library trips over answers of other kinds of servers.
  if (error instanceof TypeError) return "what answers there is not Azure Storage";
  const code = storeCodeOf(error);
  if (statusOf(error) === 404) {
    return `storage account ${accountName} has no container "${containerName}" (${describeStoreError(error)})`;
  }
  if (statusOf(error) === 403 || statusOf(error) === 401) {
    return `${describeStoreError(error)}. Give the deployer's identity the role "${ROLE}" on storage account ${accountName}, and let it through the account's firewall`;
  }
  if (NO_ANSWER.has(code)) {
    return `storage account ${accountName} does not answer (${code}). Check its name, and that it is reachable from here`;
  }
  return describeStoreError(error);
}
