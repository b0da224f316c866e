import { createCipheriv } from "node:crypto";
import { InvalidInputError } from "./errors";

/** Media Services v2, "ContentKey": a key that clients encrypt files or configurations with. */
export interface ContentKey {
  readonly id: string;
  readonly name: string | null;
  /** One of {@link ContentKeyType}. */
  readonly contentKeyType: number;
  /** Base64, encrypted for the account's certificate: the key itself is never stored. */
  readonly encryptedContentKey: string;
  /** Thumbprint of the certificate. */
  readonly protectionKeyId: string;
  readonly checksum: string | null;
  readonly authorizationPolicyId: string | null;
  readonly trackIdentifiers: string | null;
  readonly created: Date;
  readonly lastModified: Date;
}

/** Values of a content key's ContentKeyType. */
export const ContentKeyType = {
  common: 0,
  storage: 1,
  configuration: 2,
  url: 3,
  envelope: 4,
  commonCbcs: 6,
  fairPlayAsk: 7,
  fairPlayPfxPassword: 8,
} as const;

const KNOWN_TYPES: readonly number[] = Object.values(ContentKeyType);
const AES_TYPES: readonly number[] = [
  ContentKeyType.common,
  ContentKeyType.storage,
  ContentKeyType.envelope,
  ContentKeyType.commonCbcs,
];
const AES_KEY_BYTES = [16, 32];
const CONFIGURATION_KEY_BYTES = 32;
const CHECKSUM_BYTES = 8;

/**
 * Checks a type of content key.
 *
 * @throws InvalidInputError when there is none.
 */
export function checkContentKeyType(contentKeyType: number): void {
  if (!KNOWN_TYPES.includes(contentKeyType)) {
    throw new InvalidInputError(
      `ContentKeyType must be one of ${KNOWN_TYPES.join(", ")}, not ${contentKeyType}`,
    );
  }
}

/**
 * Checks a key in clear against what a client says of it. Nothing of the key gets into the message.
 *
 * @throws InvalidInputError when it is too short or too long, or not the one of the checksum.
 */
export function checkClearKey(
  key: Buffer,
  said: { contentKeyType: number; guid: string; checksum: string | null },
): void {
  const lengths =
    said.contentKeyType === ContentKeyType.configuration
      ? [CONFIGURATION_KEY_BYTES]
      : AES_TYPES.includes(said.contentKeyType)
        ? AES_KEY_BYTES
        : [key.length];
  if (!lengths.includes(key.length)) {
    throw new InvalidInputError(
      `EncryptedContentKey: a key of this type has ${lengths.join(" or ")} bytes, not ${key.length}`,
    );
  }
  if (said.checksum === null || !AES_KEY_BYTES.includes(key.length)) return;
  if (!keyChecksums(key, said.guid).includes(said.checksum)) {
    throw new InvalidInputError("Checksum is not that of this key and this Id");
  }
}

/**
 * The checksums that a key can have: the first bytes of its id, encrypted with it. The .NET SDK takes the
 * id's bytes in the order of Windows, where the first three groups are reversed; others as written.
 */
export function keyChecksums(key: Buffer, guid: string): string[] {
  const written = Buffer.from(guid.replaceAll("-", ""), "hex");
  const ofWindows = Buffer.concat([
    Buffer.from(written.subarray(0, 4)).reverse(),
    Buffer.from(written.subarray(4, 6)).reverse(),
    Buffer.from(written.subarray(6, 8)).reverse(),
    written.subarray(8),
  ]);
  return [ofWindows, written].map((id) => {
    const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
    return cipher.update(id).subarray(0, CHECKSUM_BYTES).toString("base64");
  });
}
