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
import { codeOf } from "./azure-errors";

const LEASE_SECONDS = 15;
const LEASE_ATTEMPTS = 120;
const LEASE_PAUSE_MILLISECONDS = 150;

/** Adds or replaces a stored access policy of a container. */
export async function putStoredPolicy(client: ContainerClient, grant: SasGrant): Promise<void> {
  await changePolicies(client, (policies) => [
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

/** Removes a stored access policy of a container. */
export async function removeStoredPolicy(client: ContainerClient, name: string): Promise<void> {
  await changePolicies(client, (policies) => policies.filter(({ id }) => id !== name));
}

/**
 * The signed query, with `?`. Times and permissions are in the policy alone: the store refuses a
 * signature that says them a second time
 * (https://learn.microsoft.com/rest/api/storageservices/define-stored-access-policy).
 */
export function signWithPolicy(
  containerName: string,
  identifier: string,
  credential: StorageSharedKeyCredential,
): string {
  return `?${generateBlobSASQueryParameters({ containerName, identifier }, credential).toString()}`;
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
