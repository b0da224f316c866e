import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { CorruptError } from "../domain/errors";
import type { SecretSealer } from "../ports/secret-sealer";
import type { SealingKey } from "./sealing-key";

const ALGORITHM = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Before what is sealed under the key in the store; base64 has no colon. */
const BY_STORE = "store:";

/** What an account's secrets are sealed with. */
export interface SealingKeys {
  /** The account's key, where it has one; secret. */
  readonly accountKey: string | undefined;
  readonly stored: Pick<SealingKey, "get">;
  /** Under which of the two secrets are sealed from now on; both are opened. */
  readonly under: "account" | "store";
}

/**
 * Seals secrets under a key that is derived from the account's key, or from one in the account's store.
 * The first keeps them from who can read the store. The second is for accounts without a key: it keeps
 * them from who can read the tables only, or a copy of them.
 */
export class AccountSealer implements SecretSealer {
  constructor(private readonly keys: SealingKeys) {}

  async seal(secret: Buffer, purpose: string): Promise<string> {
    const byStore = this.keys.under === "store";
    const nonce = randomBytes(NONCE_BYTES);
    const key = await this.key(byStore);
    const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([cipher.update(secret), cipher.final()]);
    const text = Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
    return byStore ? BY_STORE + text : text;
  }

  async open(sealed: string, purpose: string): Promise<Buffer> {
    const byStore = sealed.startsWith(BY_STORE);
    const bytes = Buffer.from(byStore ? sealed.slice(BY_STORE.length) : sealed, "base64");
    const key = await this.key(byStore);
    const [tagStart, start] = [NONCE_BYTES, NONCE_BYTES + TAG_BYTES];
    try {
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, tagStart))
        .setAAD(Buffer.from(purpose))
        .setAuthTag(bytes.subarray(tagStart, start));
      return Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]);
    } catch {
      throw new CorruptError(
        `A secret of the account can't be opened: it was sealed under another ${byStore ? "key of the store" : "account key"}`,
      );
    }
  }

  isCurrent(sealed: string): boolean {
    return sealed.startsWith(BY_STORE) === (this.keys.under === "store");
  }

  private async key(byStore: boolean): Promise<Buffer> {
    const { accountKey, stored } = this.keys;
    const secret = byStore ? await stored.get() : accountKey;
    if (secret === undefined) {
      throw new CorruptError(
        "A secret of the account can't be opened: it was sealed under the account key, which the service " +
          "was not given. Start it once with MEDIA_ACCOUNT_KEY beside ENTRA_TENANT_ID: it is then sealed anew",
      );
    }
    return Buffer.from(hkdfSync("sha256", secret, "", "twinstream/sealed-secrets", KEY_BYTES));
  }
}
