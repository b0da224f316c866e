import {
  mapMarkedIn,
  type PropertyMap,
  type PropertyValue,
  Signature,
  SIGNATURE_KEY,
  textOf,
} from "../values/property-value";
import type { PassphraseCrypter } from "./passphrase-crypter";

/** Seals the secrets of properties on their way to disk, and opens them on their way back. */
export class SecretSealer {
  /** One ciphertext per secret object, so that what does not change looks the same on disk. */
  private readonly sealed = new WeakMap<object, string>();

  constructor(readonly crypter: PassphraseCrypter) {}

  /** The properties with every secret as ciphertext. */
  seal(properties: PropertyMap): PropertyMap {
    return mapMarkedIn(properties, (marked) =>
      marked[SIGNATURE_KEY] === Signature.secret
        ? { [SIGNATURE_KEY]: Signature.secret, ciphertext: this.ciphertext(marked) }
        : marked,
    );
  }

  /** The properties with every secret opened. */
  unseal(properties: PropertyMap): PropertyMap {
    return mapMarkedIn(properties, (marked) => this.opened(marked));
  }

  private ciphertext(secret: PropertyMap): string {
    const known = this.sealed.get(secret);
    if (known !== undefined) return known;
    const text = this.crypter.encrypt(JSON.stringify(secret["value"] ?? null));
    this.sealed.set(secret, text);
    return text;
  }

  private opened(marked: PropertyMap): PropertyValue {
    if (marked[SIGNATURE_KEY] !== Signature.secret || marked["value"] !== undefined) return marked;
    const { ciphertext, plaintext } = marked;
    const text =
      typeof plaintext === "string" ? plaintext : this.crypter.decrypt(textOf(ciphertext));
    const secret = { [SIGNATURE_KEY]: Signature.secret, value: JSON.parse(text) as PropertyValue };
    if (typeof ciphertext === "string") this.sealed.set(secret, ciphertext);
    return secret;
  }
}
