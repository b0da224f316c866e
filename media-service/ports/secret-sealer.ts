/** Keeps secrets that have to be stored: sealed, they are of no use without the account's key. */
export interface SecretSealer {
  /** Encrypts a secret; `purpose` has to be the same to open it again. */
  seal(secret: Buffer, purpose: string): Promise<string>;
  /** @throws CorruptError when it was sealed under another key or for another purpose. */
  open(sealed: string, purpose: string): Promise<Buffer>;
  /** Whether a secret was sealed as it would be now. */
  isCurrent(sealed: string): boolean;
}
