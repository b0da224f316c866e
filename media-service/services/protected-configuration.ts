import { createDecipheriv } from "node:crypto";
import { ContentKeyType } from "../domain/content-key";
import { InvalidInputError } from "../domain/errors";
import type { Task, TaskEncryption } from "../domain/task";
import { type AccountDeps, required } from "./account-deps";
import { clearKey } from "./content-keys";

// Media Services v2, TaskOptions: ProtectedConfiguration.
const PROTECTED = 1;
const SCHEME = "ConfigurationEncryption";
const VERSION = "1.0";
const IV_BYTES = 16;

/** What of a task says how its configuration is to be read. */
export type ConfiguredTask = Pick<Task, "configuration" | "options" | "encryption">;

/** Whether a task's configuration is encrypted. */
export function isProtected({ options }: Pick<Task, "options">): boolean {
  return (options & PROTECTED) !== 0;
}

/**
 * A task's configuration in clear: of a protected one it is secret, to be stored and logged nowhere.
 *
 * @throws InvalidInputError when it can't be decrypted with the key that the task names.
 * @throws NotFoundError when there is no such key.
 */
export async function clearConfiguration(deps: AccountDeps, task: ConfiguredTask): Promise<string> {
  if (!isProtected(task)) return task.configuration;
  const { keyId, initializationVector } = checkEncryption(task.encryption);
  const { value: key } = await required(deps.stores.contentKeys, keyId);
  if (key.contentKeyType !== ContentKeyType.configuration) {
    throw new InvalidInputError(
      `EncryptionKeyId: '${keyId}' is no content key of type ${ContentKeyType.configuration}`,
    );
  }
  return decrypt(task.configuration, await clearKey(deps, key), initializationVector);
}

function checkEncryption(
  encryption: TaskEncryption | null,
): TaskEncryption & { keyId: string; initializationVector: string } {
  const { keyId, initializationVector, scheme, version } = encryption ?? NOT_ENCRYPTED;
  if (keyId === null || initializationVector === null) {
    throw new InvalidInputError(
      "A protected configuration needs EncryptionKeyId and InitializationVector",
    );
  }
  if (scheme !== SCHEME || version !== VERSION) {
    throw new InvalidInputError(
      `EncryptionScheme and EncryptionVersion must be ${SCHEME} and ${VERSION}`,
    );
  }
  if (Buffer.from(initializationVector, "base64").length !== IV_BYTES) {
    throw new InvalidInputError(`InitializationVector must be base64 of ${IV_BYTES} bytes`);
  }
  return { keyId, initializationVector, scheme, version };
}

const NOT_ENCRYPTED: TaskEncryption = {
  keyId: null,
  scheme: null,
  version: null,
  initializationVector: null,
};

function decrypt(configuration: string, key: Buffer, iv: string): string {
  try {
    const decipher = createDecipheriv("aes-256-cbc", key, Buffer.from(iv, "base64"));
    const clear = [decipher.update(Buffer.from(configuration, "base64")), decipher.final()];
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(clear));
  } catch {
    throw new InvalidInputError(
      "Configuration can't be decrypted: it must be base64 of AES-256-CBC with the key of EncryptionKeyId",
    );
  }
}
