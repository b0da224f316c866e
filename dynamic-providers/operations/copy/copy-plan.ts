import type { BlobEntry } from "./blob-entry";

/** A source blob, and what the target has under its name. */
export interface BlobPair {
  readonly source: BlobEntry;
  readonly target: BlobEntry | undefined;
}

/** What has to be done to make a target equal to a source. */
export interface CopyPlan {
  /** Content that is missing or differs. */
  readonly copy: readonly BlobPair[];
  /** Content that is there, under other headers or metadata. */
  readonly retouch: readonly BlobPair[];
  readonly unchanged: readonly BlobPair[];
  /** Blobs an earlier run copied from what the source no longer has. */
  readonly stale: readonly BlobEntry[];
  /** Blobs in the target that no run of this copy made: left alone, and reported. */
  readonly foreign: readonly BlobEntry[];
  /** Blobs of {@link CopyPlan.copy} that somebody else wrote in the target: copying would lose that. */
  readonly conflicts: readonly BlobEntry[];
  /** Copies that a store was still doing when the run that asked for them ended. */
  readonly pending: readonly BlobEntry[];
}

/**
 * Compares two listings and decides what to do with every blob.
 *
 * @param changed - names of blobs that are known to have been changed in the target since they were copied.
 */
export function planCopy(
  source: readonly BlobEntry[],
  target: readonly BlobEntry[],
  changed: ReadonlySet<string> = new Set(),
): CopyPlan {
  const targets = new Map(target.map((entry) => [entry.name, entry]));
  const names = new Set(source.map((entry) => entry.name));
  const extra = target.filter((entry) => !names.has(entry.name));
  const pairs = source.map((entry) => ({ source: entry, target: targets.get(entry.name) }));
  const same = pairs.filter(holdsSameContent);
  const isTheirs = (entry: BlobEntry): boolean =>
    isForeign(entry) || (entry.copiedFrom !== undefined && changed.has(entry.name));
  const stale = extra.filter((entry) => entry.copiedFrom !== undefined);
  const inTheWay = pairs.flatMap((pair) =>
    pair.target === undefined || holdsSameContent(pair) ? [] : [pair.target],
  );
  return {
    copy: pairs.filter((pair) => !holdsSameContent(pair)),
    retouch: same.filter((pair) => !hasSameProperties(pair)),
    unchanged: same.filter(hasSameProperties),
    stale,
    foreign: extra.filter((entry) => entry.copiedFrom === undefined),
    conflicts: [...inTheWay.filter(isTheirs), ...stale.filter(({ name }) => changed.has(name))],
    pending: target.filter((entry) => entry.storeCopy?.status === "pending"),
  };
}

/**
 * Tells whether the target holds the source's content: same length and same MD5. Where the source
 * stores no MD5, the target's own (which only a compared copy has) together with the source's ETag.
 */
export function holdsSameContent({ source, target }: BlobPair): boolean {
  if (target?.md5 === undefined || target.sizeBytes !== source.sizeBytes) return false;
  if (target.storeCopy !== undefined && target.storeCopy.status !== "success") return false;
  return source.md5 === undefined ? target.copiedFrom === source.etag : target.md5 === source.md5;
}

/** Not made by a copy of ours; what a store has not finished may lack our mark still. */
function isForeign({ copiedFrom, storeCopy }: BlobEntry): boolean {
  return copiedFrom === undefined && (storeCopy === undefined || storeCopy.status === "success");
}

function hasSameProperties({ source, target }: BlobPair): boolean {
  return (
    target?.copiedFrom !== undefined &&
    isSameRecord(source.headers, target.headers) &&
    isSameRecord(lowerKeys(source.metadata), lowerKeys(target.metadata))
  );
}

function isSameRecord(one: object, other: object): boolean {
  const sorted = (record: object): string => JSON.stringify(Object.entries(record).sort());
  return sorted(one) === sorted(other);
}

/** Stores compare metadata keys without regard to case, and HTTP may change it on the way. */
function lowerKeys(record: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key.toLowerCase(), value]),
  );
}
