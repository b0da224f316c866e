import {
  constants,
  createHash,
  createPrivateKey,
  generateKeyPair,
  privateDecrypt,
} from "node:crypto";
import { promisify } from "node:util";
import { ConflictError, InvalidInputError } from "../domain/errors";
import { derivedGuid, entityId } from "../domain/ids";
import type { ProtectionKey } from "../domain/protection-key";
import type { AccountDeps } from "./account-deps";
import { selfSignedCertificate } from "./self-signed-certificate";

const RSA_BITS = 2048;
const PURPOSE = "protection-key";
const MILLISECONDS_PER_DAY = 86_400_000;
const DAYS_VALID = 36_500;
// The SDKs' own padding: OAEP with SHA-1.
export const KEY_TRANSPORT = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha1" };

type ProtectionDeps = Pick<AccountDeps, "account" | "stores" | "clock" | "sealer">;

/** The account's key pair for what clients encrypt; made when it is first asked for. */
export async function protectionKey(deps: ProtectionDeps): Promise<ProtectionKey> {
  const { protectionKeys } = deps.stores;
  const id = keyId(deps);
  const stored = await protectionKeys.get(id);
  if (stored !== undefined) return stored.value;
  const made = await makeKey(deps, id);
  try {
    await protectionKeys.insert(made);
    return made;
  } catch (cause) {
    // Another process of the account was faster: its key is the account's.
    if (!(cause instanceof ConflictError)) throw cause;
    return protectionKey(deps);
  }
}

/**
 * Decrypts what a client has encrypted for the account's certificate. The result is secret.
 *
 * @throws InvalidInputError when it was encrypted for another one.
 */
export async function decryptWithProtectionKey(
  deps: ProtectionDeps,
  property: string,
  encrypted: string,
): Promise<Buffer> {
  const { sealedPrivateKey } = await protectionKey(deps);
  const key = createPrivateKey({
    key: await deps.sealer.open(sealedPrivateKey, PURPOSE),
    format: "der",
    type: "pkcs8",
  });
  try {
    return privateDecrypt({ key, ...KEY_TRANSPORT }, Buffer.from(encrypted, "base64"));
  } catch {
    throw new InvalidInputError(
      `${property} is not encrypted for the account's certificate (RSA-OAEP, base64)`,
    );
  }
}

/**
 * Seals the private key anew where it is sealed under a key that is about to go; answers whether it did.
 *
 * @throws CorruptError when that key is gone already.
 */
export async function resealProtectionKey(deps: ProtectionDeps): Promise<boolean> {
  const { protectionKeys } = deps.stores;
  const stored = await protectionKeys.get(keyId(deps));
  if (stored === undefined || deps.sealer.isCurrent(stored.value.sealedPrivateKey)) return false;
  const privateKey = await deps.sealer.open(stored.value.sealedPrivateKey, PURPOSE);
  const sealedPrivateKey = await deps.sealer.seal(privateKey, PURPOSE);
  await protectionKeys.replace(stored, { ...stored.value, sealedPrivateKey });
  return true;
}

function keyId({ account }: ProtectionDeps): string {
  return entityId("certid", derivedGuid(account.name, PURPOSE));
}

async function makeKey(
  { account, clock, sealer }: ProtectionDeps,
  id: string,
): Promise<ProtectionKey> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: RSA_BITS });
  const now = clock.now().getTime();
  const certificate = selfSignedCertificate(privateKey, {
    commonName: account.name,
    from: new Date(now - MILLISECONDS_PER_DAY),
    until: new Date(now + DAYS_VALID * MILLISECONDS_PER_DAY),
  });
  return {
    id,
    certificate: certificate.toString("base64"),
    thumbprint: createHash("sha1").update(certificate).digest("hex").toUpperCase(),
    sealedPrivateKey: await sealer.seal(
      privateKey.export({ type: "pkcs8", format: "der" }),
      PURPOSE,
    ),
  };
}
