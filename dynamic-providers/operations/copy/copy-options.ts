/** Who moves the bytes: `auto` asks the target store first, `never` relays, `always` never relays. */
export type ServerSideCopyMode = "auto" | "never" | "always";

/** How a container is copied. */
export interface CopyOptions {
  /** @defaultValue `auto` */
  readonly serverSideCopy: ServerSideCopyMode;
  /** Most ranges (relay) or blobs (server side) under way at once. @defaultValue 7 */
  readonly maxConcurrency: number;
  /** Length of a range in MiB; with {@link CopyOptions.maxConcurrency} it bounds the memory. @defaultValue 8 */
  readonly blockSizeMiB: number;
  /** A transfer in which no byte moves for this long is broken off and tried again. @defaultValue 60,000 */
  readonly stallTimeoutMs: number;
  /** A server-side copy without progress for this long is aborted. @defaultValue 3,600,000 */
  readonly serverSideStallTimeoutMs: number;
  /** Whether blobs that somebody else wrote in the target give way. @defaultValue false */
  readonly overwrite: boolean;
  /** Longest pause between two looks at a server-side copy. @defaultValue 5,000 */
  readonly longestPollMs: number;
}

const DEFAULTS: CopyOptions = {
  serverSideCopy: "auto",
  // With ranges of 8 MiB a copying process stays below 200 MB.
  maxConcurrency: 7,
  blockSizeMiB: 8,
  stallTimeoutMs: 60_000,
  serverSideStallTimeoutMs: 3_600_000,
  longestPollMs: 5_000,
  overwrite: false,
};

/** Most MiB a store takes as one block: https://learn.microsoft.com/rest/api/storageservices/put-block */
export const MAX_BLOCK_SIZE_MIB = 4000;
/** Fills in what was left out. */
export function copyOptions(given: Partial<CopyOptions> = {}): CopyOptions {
  return { ...DEFAULTS, ...given };
}

/** Whether a configured value is a {@link ServerSideCopyMode}. */
export function isServerSideCopyMode(value: unknown): value is ServerSideCopyMode {
  return value === "auto" || value === "never" || value === "always";
}
