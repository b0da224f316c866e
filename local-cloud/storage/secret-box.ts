import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { writeDurably } from "./durable-file";

const keyLengthBytes = 32;
/** The nonce length NIST SP 800-38D recommends for GCM. */
const nonceLengthBytes = 12;
const tagLengthBytes = 16;

/**
 * Encrypts what must not lie in a file in clear, with AES-256-GCM and a key that only the user can
 * read. It keeps secrets out of copies, greps and backups of `resources.json`; who can read the
 * home's key file can read them.
 */
export class SecretBox {
  private constructor(private readonly key: Buffer) {}

  /** Opens the key file, making it (mode 0600) the first time. */
  static open(keyFile: string): SecretBox {
    if (!existsSync(keyFile)) {
      writeDurably(keyFile, randomBytes(keyLengthBytes).toString("base64"), 0o600);
    }
    const key = Buffer.from(readFileSync(keyFile, "utf8"), "base64");
    if (key.length !== keyLengthBytes) {
      throw new Error(
        `${keyFile} does not hold a ${keyLengthBytes.toString()}-byte key; restore it, or run "npm run reset"`,
      );
    }
    return new SecretBox(key);
  }

  seal(clear: string): string {
    const nonce = randomBytes(nonceLengthBytes);
    const cipher = createCipheriv("aes-256-gcm", this.key, nonce);
    const body = Buffer.concat([cipher.update(clear, "utf8"), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64");
  }

  /** @throws Error when the text was sealed with another key or changed since. */
  unseal(sealed: string): string {
    const bytes = Buffer.from(sealed, "base64");
    const nonce = bytes.subarray(0, nonceLengthBytes);
    const tag = bytes.subarray(nonceLengthBytes, nonceLengthBytes + tagLengthBytes);
    const decipher = createDecipheriv("aes-256-gcm", this.key, nonce, {
      authTagLength: tagLengthBytes,
    });
    decipher.setAuthTag(tag);
    const body = decipher.update(bytes.subarray(nonceLengthBytes + tagLengthBytes));
    return Buffer.concat([body, decipher.final()]).toString("utf8");
  }
}
