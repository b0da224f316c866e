import type { ContainerClient } from "@azure/storage-blob";
import type { SasGrant } from "../ports/blob-store";

/** How access to single containers is given to those who have no credentials of the store. */
export interface ContainerGrants {
  /** How long a signature can be good for, in milliseconds; undefined where there is no limit. */
  readonly longestLifeMs: number | undefined;
  /** Makes a grant hold. */
  add(container: ContainerClient, grant: SasGrant): Promise<void>;
  /** Ends a grant, as far as the store can. */
  remove(container: ContainerClient, policyName: string): Promise<void>;
  /** The signed query, beginning with `?`. */
  sign(containerName: string, grant: SasGrant): Promise<string>;
}
