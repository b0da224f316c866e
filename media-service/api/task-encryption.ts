import type { TaskEncryption } from "../domain/task";
import type { EntityBody } from "../odata/entity-body";

/** How a client says that a configuration is encrypted; null where it says it is not. */
export function readTaskEncryption(body: EntityBody): TaskEncryption | null {
  const keyId = body.string("EncryptionKeyId");
  if (keyId === null || keyId === "") return null;
  return {
    keyId,
    scheme: body.string("EncryptionScheme"),
    version: body.string("EncryptionVersion"),
    initializationVector: body.string("InitializationVector"),
  };
}
