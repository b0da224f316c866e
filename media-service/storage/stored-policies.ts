import { setTimeout as pause } from "node:timers/promises";
import {
  type ContainerClient,
  generateBlobSASQueryParameters,
  ContainerSASPermissions,
  type SignedIdentifier,
  type StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { UnavailableError } from "../domain/errors";
import type { SasGrant } from "../ports/blob-store";
import { codeOf, statusOf } from "./azure-errors";
import type { ContainerGrants } from "./container-grants";

const LEASE_SECONDS = 15;
const LEASE_ATTEMPTS = 120;
const LEASE_PAUSE_MILLISECONDS = 150;

/**
 * Grants as stored access policies of the container, signed with the account's key: each can be ended
 * by itself, and lasts as long as it likes.
 */
export class StoredPolicies implements ContainerGrants {
  readonly longestLifeMs = undefined;

  constructor(private readonly credential: StorageSharedKeyCredential) {}

  /** Adds a policy, or replaces the one of that name. */
  async add(container: ContainerClient, grant: SasGrant): Promise<void> {
    await changePolicies(container, (policies) => [
      ...policies.filter(({ id }) => id !== grant.policyName),
      {
        id: grant.policyName,
        accessPolicy: {
          permissions: ContainerSASPermissions.parse(grant.permissions).toString(),
          expiresOn: grant.expiresOn,
          ...(grant.startsOn === undefined ? {} : { startsOn: grant.startsOn }),
        },
      },
    ]);
  }

  async remove(container: ContainerClient, policyName: string): Promise<void> {
    try {
      await changePolicies(container, (policies) => policies.filter(({ id }) => id !== policyName));
    } catch (cause) {
      if (statusOf(cause) !== 404) throw cause;
    }
  }

  /**
   * Times and permissions are in the policy alone: the store refuses a signature that says them a second
   * time (https://learn.microsoft.com/rest/api/storageservices/define-stored-access-policy).
   */
  sign(containerName: string, { policyName }: SasGrant): Promise<string> {
    const values = { containerName, identifier: policyName };
    return Promise.resolve(
      `?${generateBlobSASQueryParameters(values, this.credential).toString()}`,
    );
  }
}

/**
 * The store replaces the list of policies as a whole and knows no ETag for it: a lease on the
 * container keeps two writers apart. A process that dies with the lease holds it for 15 s.
 */
async function changePolicies(
  client: ContainerClient,
  change: (policies: SignedIdentifier[]) => SignedIdentifier[],
): Promise<void> {
  const lease = client.getBlobLeaseClient();
  await acquire(client, () => lease.acquireLease(LEASE_SECONDS));
  try {
    const { signedIdentifiers } = await client.getAccessPolicy();
    await client.setAccessPolicy(undefined, change(signedIdentifiers), {
      conditions: { leaseId: lease.leaseId },
    });
  } finally {
    await lease.releaseLease();
  }
}

async function acquire(client: ContainerClient, tryOnce: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < LEASE_ATTEMPTS; attempt++) {
    try {
      await tryOnce();
      return;
    } catch (cause) {
      if (codeOf(cause) !== "LeaseAlreadyPresent") throw cause;
      await pause(LEASE_PAUSE_MILLISECONDS * (0.5 + Math.random()));
    }
  }
  throw new UnavailableError(`Container ${client.containerName} is locked by another process`);
}
