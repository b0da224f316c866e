/** Who moves the bytes: `auto` asks the target store first, `never` relays, `always` never relays. */
export type ServerSideCopyMode = "auto" | "never" | "always";

/** How a container is copied. */
export interface CopyOptions {
  /** @defaultValue `auto` */
  readonly serverSideCopy: ServerSideCopyMode;
  /** Most ranges (relay) or blobs (server side) under way at once. @defaultValue 8 */
  readonly maxConcurrency: number;
  /** Length of a range in MiB; with {@link CopyOptions.maxConcurrency} it bounds the memory. @defaultValue 8 */
  readonly blockSizeMiB: number;
  /** A transfer in which no byte moves for this long is broken off and tried again. @defaultValue 60,000 */
  readonly stallTimeoutMs: number;
  /** A server-side copy without progress for this long is aborted. @defaultValue 3,600,000 */
  readonly serverSideStallTimeoutMs: number;
  /** Longest pause between two looks at a server-side copy. @defaultValue 5,000 */
  readonly longestPollMs: number;
}

const DEFAULTS: CopyOptions = {
  serverSideCopy: "auto",
  maxConcurrency: 8,
  blockSizeMiB: 8,
  stallTimeoutMs: 60_000,
  serverSideStallTimeoutMs: 3_600_000,
  longestPollMs: 5_000,
};

/** Most MiB a store takes as one block: https://learn.microsoft.com/rest/api/storageservices/put-block */
const MAX_BLOCK_SIZE_MIB = 4000;
const MODES: readonly string[] = ["auto", "never", "always"] satisfies ServerSideCopyMode[];

/** Fills in what was left out. */
export function copyOptions(given: Partial<CopyOptions> = {}): CopyOptions {
  return { ...DEFAULTS, ...given };
}

/** What is wrong with options that come from configuration; empty when nothing is. */
export function copyOptionFaults(
  given: Readonly<
    Record<keyof Pick<CopyOptions, "serverSideCopy" | "maxConcurrency" | "blockSizeMiB">, unknown>
  >,
): { property: string; reason: string }[] {
  const faults: { property: string; reason: string }[] = [];
  const { serverSideCopy, maxConcurrency, blockSizeMiB } = given;
  if (serverSideCopy !== undefined && !MODES.includes(serverSideCopy as string)) {
    faults.push({
      property: "serverSideCopy",
      reason: `must be one of ${MODES.join(", ")}, got ${JSON.stringify(serverSideCopy)}`,
    });
  }
  for (const [property, value, most] of [
    ["maxConcurrency", maxConcurrency, 256],
    ["blockSizeMiB", blockSizeMiB, MAX_BLOCK_SIZE_MIB],
  ] as const) {
    if (value !== undefined && !isWholeBetween(value, 1, most)) {
      faults.push({
        property,
        reason: `must be a whole number from 1 to ${most}, got ${JSON.stringify(value)}`,
      });
    }
  }
  return faults;
}

function isWholeBetween(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
