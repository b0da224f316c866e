import type { ContainerClient } from "@azure/storage-blob";
import type { BlobEntry } from "./blob-entry";
import type { CopyOptions } from "./copy-options";
import type { RangeBudget } from "./range-budget";
import type { TransferLimits } from "./retries";
import type { TagPermission } from "./tag-permission";

/** Hears what a copy does. */
export interface CopyEvents {
  /** Something worth a line: a fallback, a resumed blob, a blob that is left alone. */
  note(line: string): void;
  /** What is going to be moved, once it is known. */
  planned(plan: { readonly blobs: number; readonly bytes: number }): void;
  /** Bytes done so far, of those planned. */
  progress(bytes: number): void;
}

/** What all blobs of one copy share. */
export interface CopyContext extends TransferLimits {
  /** Gives the blob that is copied under a name in the target. */
  readonly source: Pick<ContainerClient, "getBlobClient">;
  /** Reads what the source tells about that blob now; undefined when it is gone. */
  readSource(name: string): Promise<BlobEntry | undefined>;
  readonly target: ContainerClient;
  readonly options: CopyOptions;
  readonly budget: RangeBudget;
  readonly tags: TagPermission;
  note(line: string): void;
  /** Says how much of a blob is done; less than before when it is begun anew. */
  moved(blobName: string, bytes: number): void;
}
