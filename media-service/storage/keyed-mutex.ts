/**
 * Lets work on the same keys happen one after the other in this process. Other processes are kept apart by
 * ETags; this only saves tries that would be in vain.
 */
export class KeyedMutex {
  private readonly tails = new Map<string, Promise<unknown>>();

  /** Runs work when all earlier work on any of its keys is done. */
  async run<R>(keys: readonly string[], work: () => Promise<R>): Promise<R> {
    const before = keys.map((key) => this.tails.get(key) ?? Promise.resolve());
    const result = Promise.all(before).then(work);
    // Whoever comes next waits, but does not fail with us.
    const tail = result.catch(() => undefined);
    for (const key of keys) this.tails.set(key, tail);
    try {
      return await result;
    } finally {
      for (const key of keys) if (this.tails.get(key) === tail) this.tails.delete(key);
    }
  }
}
