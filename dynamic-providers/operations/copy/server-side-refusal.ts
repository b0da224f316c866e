import { describeStoreError, statusOf, storeCodeOf } from "./copy-error";

/**
 * Codes by which a store says that it can't read this source by itself; another store, or the same one
 * for another source, may well be able to. https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes
 */
const REFUSAL_CODES: ReadonlySet<string> = new Set([
  "AuthorizationSourceIPMismatch",
  "BlobUsesCustomerSpecifiedEncryption",
  "CannotVerifyCopySource",
  "CopyAcrossAccountsNotSupported",
  "InvalidSourceBlobUrl",
  "InvalidSourceBlobType",
  "NotImplemented",
  "PublicAccessNotPermitted",
]);

/** Faults of the target itself, which a relay would meet as well: no reason to try one. */
const TARGET_FAULTS: ReadonlySet<string> = new Set([
  "AccountIsDisabled",
  "ContainerBeingDeleted",
  "ContainerNotFound",
]);

/** A store that has no such operation, or may not or can't reach the source. */
const REFUSAL_STATUSES: ReadonlySet<number> = new Set([401, 403, 404, 405, 501]);

/**
 * Reads the answer to "start a copy from this URL".
 *
 * @returns the store's reason when it refuses to copy from this source by itself; undefined when the
 * error has another cause and relaying would not help.
 */
export function serverSideRefusal(error: unknown): string | undefined {
  const code = storeCodeOf(error);
  if (TARGET_FAULTS.has(code)) return undefined;
  const refused = REFUSAL_CODES.has(code) || REFUSAL_STATUSES.has(statusOf(error) ?? 0);
  return refused ? describeStoreError(error) : undefined;
}
