import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { sign } from "jsonwebtoken";

const RSA_BITS = 2048;
/** Older ones sign nothing any more: they check what was signed before. */
const KEYS_KEPT = 2;

/** A public key as the key document shows it (RFC 7517). */
export type PublicJwk = Record<string, unknown> & { readonly kid: string };

/** What the authority signs tokens with: the newest of its keys. */
export class SigningKeys {
  /** Private keys, PKCS #8 as PEM, newest first; secret. */
  constructor(private pems: readonly string[] = [newPem()]) {}

  /** Secret: to be kept sealed. */
  get privateKeys(): readonly string[] {
    return this.pems;
  }

  /** A token with these claims. */
  sign(claims: object): string {
    const [pem = ""] = this.pems;
    return sign(claims, pem, { algorithm: "RS256", keyid: publicJwk(pem).kid });
  }

  /** All keys that a token may be signed with. */
  document(): { keys: PublicJwk[] } {
    return { keys: this.pems.map(publicJwk) };
  }

  /** Takes a new key, as the authority of Azure does every few weeks. */
  roll(): void {
    this.pems = [newPem(), ...this.pems].slice(0, KEYS_KEPT);
  }
}

function newPem(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: RSA_BITS });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function publicJwk(pem: string): PublicJwk {
  const { kty, n, e } = createPublicKey(createPrivateKey(pem)).export({ format: "jwk" });
  const kid = createHash("sha256").update(JSON.stringify({ e, kty, n })).digest("base64url");
  return { kty, n, e, kid, use: "sig" };
}
