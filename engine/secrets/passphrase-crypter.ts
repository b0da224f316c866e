import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { EngineError } from "../errors";

/** Rounds, key length and hash of Pulumi's passphrase secrets manager. */
const ROUNDS = 1_000_000;
const KEY_BYTES = 32;
const SALT_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The word whose ciphertext ends a salt, so that a wrong passphrase shows at once. */
const VERIFIER = "pulumi";

/**
 * Pulumi's passphrase secrets: a PBKDF2-SHA256 key, values under AES-256-GCM as `v1:nonce:sealed`.
 * Source: https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/config/crypt.go
 */
export class PassphraseCrypter {
  private constructor(
    private readonly key: Buffer,
    /** The `encryptionsalt` that, with the passphrase, opens what this crypter seals. */
    readonly salt: string,
  ) {}

  /** Makes a crypter with a new salt. */
  static async create(passphrase: string): Promise<PassphraseCrypter> {
    const salt = randomBytes(SALT_BYTES);
    const key = await deriveKey(passphrase, salt);
    const verifier = new PassphraseCrypter(key, "").encrypt(VERIFIER);
    return new PassphraseCrypter(key, `v1:${salt.toString("base64")}:${verifier}`);
  }

  /**
   * Opens the crypter that a salt describes.
   *
   * @throws EngineError when the passphrase is not the one that the salt was made with.
   */
  static async open(passphrase: string, salt: string): Promise<PassphraseCrypter> {
    const [version, encoded, ...verifier] = salt.split(":");
    if (version !== "v1" || encoded === undefined || verifier.length === 0) {
      throw new EngineError("corrupt-state", "the encryptionsalt is not of the form v1:salt:text");
    }
    const key = await deriveKey(passphrase, Buffer.from(encoded, "base64"));
    const crypter = new PassphraseCrypter(key, salt);
    if (crypter.opens(verifier.join(":"))) return crypter;
    throw new EngineError(
      "wrong-passphrase",
      "incorrect passphrase: set PULUMI_CONFIG_PASSPHRASE (or PULUMI_CONFIG_PASSPHRASE_FILE) to the " +
        "one that this stack's secrets were made with",
    );
  }

  /** Seals a text under a nonce of its own. */
  encrypt(text: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.key, nonce);
    const parts = [cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()];
    return `v1:${nonce.toString("base64")}:${Buffer.concat(parts).toString("base64")}`;
  }

  /**
   * Opens a sealed text.
   *
   * @throws EngineError when it was not sealed by this crypter, or was altered.
   */
  decrypt(sealed: string): string {
    const [version, nonce, body] = sealed.split(":");
    if (version !== "v1" || nonce === undefined || body === undefined) {
      throw new EngineError("corrupt-state", "a secret is not of the form v1:nonce:text");
    }
    const bytes = Buffer.from(body, "base64");
    const decipher = createDecipheriv("aes-256-gcm", this.key, Buffer.from(nonce, "base64"));
    try {
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const text = Buffer.concat([
        decipher.update(bytes.subarray(0, -TAG_BYTES)),
        decipher.final(),
      ]);
      return text.toString("utf8");
    } catch (cause) {
      throw new EngineError(
        "corrupt-state",
        "a secret does not open with this passphrase and salt",
        {
          cause,
        },
      );
    }
  }

  private opens(verifier: string): boolean {
    try {
      return this.decrypt(verifier) === VERIFIER;
    } catch {
      return false; // the caller says what is wrong: any failure here means another passphrase
    }
  }
}

function deriveKey(passphrase: string, salt: Buffer): Promise<Buffer> {
  return promisify(pbkdf2)(passphrase, salt, ROUNDS, KEY_BYTES, "sha256");
}
