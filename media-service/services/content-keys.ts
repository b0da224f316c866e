import { publicEncrypt, X509Certificate } from "node:crypto";
import { checkClearKey, checkContentKeyType, type ContentKey } from "../domain/content-key";
import { InvalidInputError } from "../domain/errors";
import { entityId, guidOf } from "../domain/ids";
import { type AccountDeps, required } from "./account-deps";
import { removeLinksTo } from "./entity-links";
import { decryptWithProtectionKey, KEY_TRANSPORT, protectionKey } from "./protection-key";
import { updateEntity } from "./update-entity";

/** What a client says of a new content key. */
export type NewContentKey = Omit<ContentKey, "created" | "lastModified">;

const MAX_NAME_LENGTH = 4000;

/**
 * Keeps a content key, as its client has encrypted it.
 *
 * @throws InvalidInputError when it can't be decrypted, or is not what the client says.
 * @throws ConflictError when the id is taken.
 */
export async function createContentKey(
  deps: AccountDeps,
  wanted: NewContentKey,
): Promise<ContentKey> {
  const guid = guidOf("kid", wanted.id);
  checkContentKeyType(wanted.contentKeyType);
  if ((wanted.name?.length ?? 0) > MAX_NAME_LENGTH) {
    throw new InvalidInputError(`Name may have at most ${MAX_NAME_LENGTH} characters`);
  }
  const { thumbprint } = await protectionKey(deps);
  if (wanted.protectionKeyId.toUpperCase() !== thumbprint) {
    throw new InvalidInputError("ProtectionKeyId is not that of GetProtectionKeyId");
  }
  checkClearKey(await clearKey(deps, wanted), { ...wanted, guid });
  await requirePolicy(deps, wanted.authorizationPolicyId);
  const now = deps.clock.now();
  const key = { ...wanted, id: entityId("kid", guid), created: now, lastModified: now };
  await deps.stores.contentKeys.insert(key);
  return key;
}

/**
 * Says who may have a key; all else of a key is fixed.
 *
 * @throws NotFoundError when there is no such key or policy.
 */
export async function setAuthorizationPolicy(
  deps: AccountDeps,
  id: string,
  authorizationPolicyId: string | null,
): Promise<void> {
  await requirePolicy(deps, authorizationPolicyId);
  await updateEntity(deps.stores.contentKeys, id, (key) => ({
    ...key,
    authorizationPolicyId,
    lastModified: deps.clock.now(),
  }));
}

/**
 * Deletes a content key; assets are no longer linked to it.
 *
 * @throws NotFoundError when there is none.
 */
export async function deleteContentKey(deps: AccountDeps, id: string): Promise<void> {
  const { value } = await required(deps.stores.contentKeys, id);
  await removeLinksTo(deps, value.id);
  await deps.stores.contentKeys.delete(value.id);
}

/**
 * Gives a content key out: encrypted for a client's certificate, or in clear where it gives none. Secret.
 *
 * @throws InvalidInputError when the certificate can't be read.
 * @throws NotFoundError when there is no such key.
 */
export async function rebindContentKey(
  deps: AccountDeps,
  id: string,
  certificate: string,
): Promise<string> {
  const { value } = await required(deps.stores.contentKeys, id);
  const publicKey = certificate === "" ? undefined : publicKeyOf(certificate);
  const key = await clearKey(deps, value);
  if (publicKey === undefined) return key.toString("base64");
  return publicEncrypt({ key: publicKey, ...KEY_TRANSPORT }, key).toString("base64");
}

/** A content key as it is. Secret. */
export function clearKey(
  deps: AccountDeps,
  { encryptedContentKey }: Pick<ContentKey, "encryptedContentKey">,
): Promise<Buffer> {
  return decryptWithProtectionKey(deps, "EncryptedContentKey", encryptedContentKey);
}

function publicKeyOf(certificate: string): X509Certificate["publicKey"] {
  try {
    const { publicKey } = new X509Certificate(Buffer.from(certificate, "base64"));
    if (publicKey.asymmetricKeyType === "rsa") return publicKey;
  } catch (cause) {
    throw new InvalidInputError("x509Certificate is not a certificate in base64", { cause });
  }
  throw new InvalidInputError("x509Certificate is not that of an RSA key");
}

async function requirePolicy({ stores }: AccountDeps, id: string | null): Promise<void> {
  if (id !== null) await required(stores.authorizationPolicies, id);
}
