import type { KeyObject } from "node:crypto";

/** Public keys of an authority whose tokens are taken. */
export interface AuthorityKeys {
  /**
   * The key of an id; undefined when the authority has none of it.
   *
   * @throws UnavailableError when the authority does not answer and nothing is known.
   */
  key(id: string): Promise<KeyObject | undefined>;
}
