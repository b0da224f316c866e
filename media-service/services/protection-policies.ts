import {
  type AuthorizationPolicyOption,
  checkPolicyName,
  checkPolicyOption,
  type ContentKeyAuthorizationPolicy,
} from "../domain/authorization-policy";
import { type AssetDeliveryPolicy, checkDeliveryPolicy } from "../domain/delivery-policy";
import { ConflictError } from "../domain/errors";
import { entityId } from "../domain/ids";
import { type AccountDeps, required } from "./account-deps";
import { isLinked, removeLinksOf } from "./entity-links";
import { updateEntity } from "./update-entity";

/** Makes a delivery policy. */
export async function createDeliveryPolicy(
  { stores, clock, newGuid }: AccountDeps,
  wanted: Pick<AssetDeliveryPolicy, "name" | "protocol" | "type" | "configuration">,
): Promise<AssetDeliveryPolicy> {
  checkDeliveryPolicy(wanted);
  const now = clock.now();
  const policy = { ...wanted, id: entityId("adpid", newGuid()), created: now, lastModified: now };
  await stores.deliveryPolicies.insert(policy);
  return policy;
}

/** Changes a delivery policy. */
export async function updateDeliveryPolicy(
  { stores, clock }: AccountDeps,
  id: string,
  changes: Partial<Pick<AssetDeliveryPolicy, "name" | "protocol" | "type" | "configuration">>,
): Promise<void> {
  await updateEntity(stores.deliveryPolicies, id, (policy) => {
    const changed = { ...policy, ...changes, lastModified: clock.now() };
    checkDeliveryPolicy(changed);
    return changed;
  });
}

/**
 * Deletes a delivery policy that no asset is linked to: without it, an asset would be streamed in clear.
 *
 * @throws ConflictError when one is.
 */
export async function deleteDeliveryPolicy(deps: AccountDeps, id: string): Promise<void> {
  const { value } = await required(deps.stores.deliveryPolicies, id);
  await refuseLinked(deps, value.id);
  await deps.stores.deliveryPolicies.delete(value.id);
}

/** Makes an authorization policy; its options are linked to it afterwards. */
export async function createAuthorizationPolicy(
  { stores, newGuid }: AccountDeps,
  { name }: Pick<ContentKeyAuthorizationPolicy, "name">,
): Promise<ContentKeyAuthorizationPolicy> {
  checkPolicyName(name);
  const policy = { id: entityId("ckpid", newGuid()), name };
  await stores.authorizationPolicies.insert(policy);
  return policy;
}

/** Gives an authorization policy another name. */
export async function renameAuthorizationPolicy(
  { stores }: AccountDeps,
  id: string,
  name: string | null,
): Promise<void> {
  checkPolicyName(name);
  await updateEntity(stores.authorizationPolicies, id, (policy) => ({ ...policy, name }));
}

/** Deletes an authorization policy; its options stay. */
export async function deleteAuthorizationPolicy(deps: AccountDeps, id: string): Promise<void> {
  const { value } = await required(deps.stores.authorizationPolicies, id);
  await removeLinksOf(deps, value.id);
  await deps.stores.authorizationPolicies.delete(value.id);
}

/** Makes an option of authorization policies. */
export async function createPolicyOption(
  { stores, newGuid }: AccountDeps,
  wanted: Omit<AuthorizationPolicyOption, "id">,
): Promise<AuthorizationPolicyOption> {
  checkPolicyOption(wanted);
  const option = { ...wanted, id: entityId("ckpoid", newGuid()) };
  await stores.policyOptions.insert(option);
  return option;
}

/** Changes an option of authorization policies. */
export async function updatePolicyOption(
  { stores }: AccountDeps,
  id: string,
  changes: Partial<Omit<AuthorizationPolicyOption, "id">>,
): Promise<void> {
  await updateEntity(stores.policyOptions, id, (option) => {
    const changed = { ...option, ...changes };
    checkPolicyOption(changed);
    return changed;
  });
}

/**
 * Deletes an option that no policy is linked to.
 *
 * @throws ConflictError when one is.
 */
export async function deletePolicyOption(deps: AccountDeps, id: string): Promise<void> {
  const { value } = await required(deps.stores.policyOptions, id);
  await refuseLinked(deps, value.id);
  await deps.stores.policyOptions.delete(value.id);
}

async function refuseLinked(deps: AccountDeps, id: string): Promise<void> {
  if (await isLinked(deps, id)) {
    throw new ConflictError(`'${id}' is in use: take the links to it away first`);
  }
}
