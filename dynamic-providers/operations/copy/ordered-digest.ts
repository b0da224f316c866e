import { createHash, type Hash } from "node:crypto";

interface Turn {
  readonly bytes: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** MD5 over parts that arrive in any order: each waits, unhashed, until all before it were hashed. */
export class OrderedDigest {
  private readonly hash: Hash = createHash("md5");
  private readonly turns = new Map<number, Turn>();
  private next = 0;
  private failure: Error | undefined;

  /** Resolves when the part is hashed and its memory may be used again. */
  async add(index: number, bytes: Uint8Array): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    await new Promise<void>((resolve, reject) => {
      this.turns.set(index, { bytes, resolve, reject });
      this.hashInOrder();
    });
  }

  /** Lets go of all that wait for a part which will never come. */
  fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
    for (const turn of this.turns.values()) turn.reject(this.failure);
    this.turns.clear();
  }

  /** The MD5 of all parts; call it once, when every `add` has resolved. */
  digest(): Buffer {
    return this.hash.digest();
  }

  private hashInOrder(): void {
    for (let turn = this.turns.get(this.next); turn; turn = this.turns.get(this.next)) {
      this.turns.delete(this.next);
      this.next += 1;
      this.hash.update(turn.bytes);
      turn.resolve();
    }
  }
}
