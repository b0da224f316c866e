import { permissionLetters } from "../domain/access-policy";
import { ConflictError, InvalidInputError } from "../domain/errors";
import { entityId, guidOf } from "../domain/ids";
import {
  checkLocator,
  checkSasLife,
  type Locator,
  locatorExpiry,
  LocatorType,
} from "../domain/locator";
import type { SasGrant } from "../ports/blob-store";
import { type AccountDeps, required } from "./account-deps";
import { ensureContainer, livingAsset } from "./living-asset";
import { updateEntity } from "./update-entity";

/** What a client says of a new locator. */
export interface NewLocator {
  /** The client's own choice, so that two accounts can have the same. */
  readonly id?: string;
  readonly name: string | null;
  readonly type: number;
  readonly accessPolicyId: string;
  readonly assetId: string;
  readonly startTime: Date | null;
}

/**
 * Makes a locator. Its row comes first, so that no stored access policy is without a locator that
 * leads to it.
 *
 * @throws NotFoundError when there is no such asset or policy.
 * @throws ConflictError when the id is taken, the asset has five locators, or its container is gone.
 */
export async function createLocator(deps: AccountDeps, wanted: NewLocator): Promise<Locator> {
  const id = entityId("lid", wanted.id === undefined ? deps.newGuid() : guidOf("lid", wanted.id));
  const asset = await livingAsset(deps, wanted.assetId);
  const { value: policy } = await required(deps.stores.accessPolicies, wanted.accessPolicyId);
  checkLocator(wanted, policy);
  const now = deps.clock.now();
  const locator: Locator = {
    id,
    name: wanted.name,
    type: wanted.type,
    accessPolicyId: policy.id,
    assetId: asset.id,
    startTime: wanted.startTime,
    expirationDateTime: locatorExpiry(wanted.startTime ?? now, policy.durationMinutes),
    permissions: policy.permissions,
    container: asset.container,
  };
  checkSasLife(locator, now, deps.signer.longestLifeMs);
  await ensureContainer(deps, asset);
  await deps.stores.locators.insert(locator);
  try {
    await livingAsset(deps, asset.id);
    if (locator.type === LocatorType.sas) {
      await deps.blobs.grant(locator.container, grantOf(locator));
    }
  } catch (cause) {
    await removeLocator(deps, locator);
    throw cause;
  }
  return locator;
}

/**
 * Changes when an origin locator starts or ends. A new start keeps the duration unless an end is
 * given, too.
 *
 * @throws InvalidInputError for a SAS locator: its times are part of what was signed.
 */
export async function updateLocator(
  deps: AccountDeps,
  id: string,
  changes: { name?: string | null; startTime?: Date | null; expirationDateTime?: Date },
): Promise<void> {
  await updateEntity(deps.stores.locators, id, (locator) => {
    if (locator.type === LocatorType.sas) {
      throw new InvalidInputError("A SAS locator can't be updated: delete it and make another");
    }
    const changed = { ...locator, ...changes };
    if ((changed.startTime?.getTime() ?? 0) >= changed.expirationDateTime.getTime()) {
      throw new InvalidInputError("ExpirationDateTime must be later than StartTime");
    }
    return changed;
  });
}

/**
 * Deletes a locator; what was signed with it stops working where signatures can be ended one by one.
 *
 * @throws NotFoundError when there is none.
 */
export async function deleteLocator(deps: AccountDeps, id: string): Promise<void> {
  const { value } = await required(deps.stores.locators, id);
  await noteDeleted(deps, value);
  await removeLocator(deps, value);
}

/** Remembers that a locator through which somebody may be watching was deleted. */
export async function noteDeleted(
  { stores, clock }: Pick<AccountDeps, "stores" | "clock">,
  { id, type }: Locator,
): Promise<void> {
  if (type !== LocatorType.onDemandOrigin) return;
  try {
    await stores.deletedLocators.insert({ id, deletedAt: clock.now() });
  } catch (cause) {
    // It was deleted before, and made again.
    if (!(cause instanceof ConflictError)) throw cause;
  }
}

/** Removes a locator and what was signed with it; one that is gone is no error. */
export async function removeLocator(
  { blobs, stores }: Pick<AccountDeps, "blobs" | "stores">,
  { id, type, container }: Locator,
): Promise<void> {
  if (type === LocatorType.sas) await blobs.revoke(container, guidOf("lid", id));
  await stores.locators.delete(id);
}

/** How a locator is reached. */
export async function locatorAddress(
  { account, blobs, signer }: Pick<AccountDeps, "account" | "blobs" | "signer">,
  locator: Locator,
): Promise<{ path: string; baseUri: string; contentAccessComponent: string }> {
  const { type, container } = locator;
  const guid = guidOf("lid", locator.id);
  if (type === LocatorType.sas) {
    const baseUri = blobs.containerUrl(container);
    const contentAccessComponent = await signer.signedQuery(container, grantOf(locator));
    return { path: baseUri + contentAccessComponent, baseUri, contentAccessComponent };
  }
  const baseUri = account.streamingBaseUrl;
  return { path: `${baseUri}/${guid}/`, baseUri, contentAccessComponent: guid };
}

function grantOf(locator: Locator): SasGrant {
  return {
    policyName: guidOf("lid", locator.id),
    permissions: permissionLetters(locator.permissions),
    expiresOn: locator.expirationDateTime,
    ...(locator.startTime === null ? {} : { startsOn: locator.startTime }),
  };
}
