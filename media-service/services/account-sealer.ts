import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { CorruptError } from "../domain/errors";
import type { SecretSealer } from "../ports/secret-sealer";

const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals secrets under a key that is derived from the account's key. */
export class AccountSealer implements SecretSealer {
  private readonly key: Buffer;

  constructor(accountKey: string) {
    const derived = hkdfSync("sha256", accountKey, "", "twinstream/sealed-secrets", KEY_BYTES);
    this.key = Buffer.from(derived);
  }

  seal(secret: Buffer, purpose: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key, nonce).setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([cipher.update(secret), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
  }

  open(sealed: string, purpose: string): Buffer {
    const bytes = Buffer.from(sealed, "base64");
    const [tagStart, start] = [NONCE_BYTES, NONCE_BYTES + TAG_BYTES];
    try {
      const decipher = createDecipheriv(ALGORITHM, this.key, bytes.subarray(0, tagStart))
        .setAAD(Buffer.from(purpose))
        .setAuthTag(bytes.subarray(tagStart, start));
      return Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]);
    } catch {
      throw new CorruptError(
        "A secret of the account can't be opened: it was sealed under another account key",
      );
    }
  }
}
