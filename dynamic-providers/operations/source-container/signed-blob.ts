import type { BlobClient } from "@azure/storage-blob";
import { describeStoreError, statusOf } from "../copy/copy-error";
import { storageBlob } from "../storage-blob";
import type { SourceContainer } from "./open-container";

/** A copy may take so long; the signature lets its holder read this one blob, and nothing else. */
const SIGNED_FOR_MS = 24 * 60 * 60_000;
/** Clocks of two machines differ at most this much. */
const CLOCK_SKEW_MS = 5 * 60_000;

/** A blob as a copy reads it. */
export interface ReadableBlob {
  readonly blob: BlobClient;
  /** Why another store can't be given its address; undefined where that is signed. */
  readonly unsigned?: string;
}

/**
 * A blob whose address another store can read for a day: signed with a user-delegation key, or with the
 * account's where that is how it is reached. An identity that may read and not sign reads by its token.
 */
export async function signedBlob(
  { client, service, byKey }: SourceContainer,
  name: string,
): Promise<ReadableBlob> {
  const { AnonymousCredential, BlobClient, BlobSASPermissions } = storageBlob();
  const blob = client.getBlobClient(name);
  const startsOn = new Date(Date.now() - CLOCK_SKEW_MS);
  const expiresOn = new Date(Date.now() + SIGNED_FOR_MS);
  const grant = { permissions: BlobSASPermissions.parse("r"), startsOn, expiresOn };
  try {
    const url = byKey
      ? await blob.generateSasUrl(grant)
      : await blob.generateUserDelegationSasUrl(
          grant,
          await service.getUserDelegationKey(startsOn, expiresOn),
        );
    return { blob: new BlobClient(url, new AnonymousCredential()) };
  } catch (error) {
    if (statusOf(error) !== 403) throw error;
    return {
      blob,
      unsigned: `the deployer's identity may read the library, but gets no key to sign with (${describeStoreError(error)}); "Storage Blob Data Reader" on the storage account, not on the container alone, allows that`,
    };
  }
}
