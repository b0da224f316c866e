import type { SasGrant } from "./blob-store";

/** Signs what was granted. */
export interface SasSigner {
  /** How long a signature can be good for, in milliseconds; undefined where there is no limit. */
  readonly longestLifeMs: number | undefined;
  /** The signed query of a grant, beginning with `?`; good until the grant ends. */
  signedQuery(container: string, grant: SasGrant): Promise<string>;
}
