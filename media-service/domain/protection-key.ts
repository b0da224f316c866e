/** The account's own key pair, with which clients encrypt what only the service may read. */
export interface ProtectionKey {
  readonly id: string;
  /** Base64 of the X.509 certificate, DER. */
  readonly certificate: string;
  /** SHA-1 of the certificate in upper-case hex: how clients name it. */
  readonly thumbprint: string;
  /** The private key, sealed under the account's key. */
  readonly sealedPrivateKey: string;
}
