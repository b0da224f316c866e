import { NotFoundError } from "../domain/errors";
import type { AccountStores } from "../ports/account-stores";
import type { BlobStore } from "../ports/blob-store";
import type { Clock, NewGuid } from "../ports/clock";
import type { Entity, EntityStore, Stored } from "../ports/entity-store";
import type { JobQueue } from "../ports/job-queue";
import type { SasSigner } from "../ports/sas-signer";
import type { SecretSealer } from "../ports/secret-sealer";

/** Who this account is. */
export interface AccountIdentity {
  readonly name: string;
  readonly storageAccountName: string;
  /** Scheme and host of origin locators, without a slash at the end. */
  readonly streamingBaseUrl: string;
}

/** What the use cases of an account work with. */
export interface AccountDeps {
  readonly account: AccountIdentity;
  readonly stores: AccountStores;
  readonly blobs: BlobStore;
  readonly signer: SasSigner;
  readonly queue: JobQueue;
  readonly sealer: SecretSealer;
  readonly clock: Clock;
  readonly newGuid: NewGuid;
}

/**
 * Reads an entity that has to be there.
 *
 * @throws NotFoundError when it is not.
 */
export async function required<T extends Entity>(
  store: EntityStore<T, never>,
  id: string,
): Promise<Stored<T>> {
  const stored = await store.get(id);
  if (stored === undefined) throw new NotFoundError(`'${id}' does not exist`);
  return stored;
}
