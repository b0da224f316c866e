import { type AccessPolicy, checkAccessPolicy } from "../domain/access-policy";
import { InvalidInputError } from "../domain/errors";
import { entityId } from "../domain/ids";
import { type AccountDeps, required } from "./account-deps";

const MAX_NAME_LENGTH = 4000;

/** Makes an access policy. */
export async function createAccessPolicy(
  { stores, clock, newGuid }: Pick<AccountDeps, "stores" | "clock" | "newGuid">,
  wanted: Pick<AccessPolicy, "name" | "durationMinutes" | "permissions">,
): Promise<AccessPolicy> {
  checkAccessPolicy(wanted);
  if ((wanted.name?.length ?? 0) > MAX_NAME_LENGTH) {
    throw new InvalidInputError(`Name may have at most ${MAX_NAME_LENGTH} characters`);
  }
  const now = clock.now();
  const policy = { ...wanted, id: entityId("pid", newGuid()), created: now, lastModified: now };
  await stores.accessPolicies.insert(policy);
  return policy;
}

/**
 * Deletes an access policy; locators made with it stay as they are.
 *
 * @throws NotFoundError when there is none.
 */
export async function deleteAccessPolicy(
  { stores }: Pick<AccountDeps, "stores">,
  id: string,
): Promise<void> {
  await required(stores.accessPolicies, id);
  await stores.accessPolicies.delete(id);
}
