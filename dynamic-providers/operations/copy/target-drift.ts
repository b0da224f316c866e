import type { BlobEntry } from "./blob-entry";
import { fingerprints } from "./comparison";

/** What a copy left in the target, as it was noted then. */
export interface NotedCopy {
  /** Length and MD5 by name; a state from before this was noted has none. */
  readonly blobs?: Readonly<Record<string, string>>;
  /** Blobs of others that were there already. */
  readonly foreign?: readonly string[];
}

/** Names of blobs by what became of them in the target since the copy. */
export interface TargetDrift {
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  readonly added: readonly string[];
}

/** Nothing happened. */
export const NO_DRIFT: TargetDrift = { changed: [], missing: [], added: [] };

/** Compares what is in a target with what a copy left there. */
export function targetDrift(
  { blobs, foreign = [] }: NotedCopy,
  target: readonly BlobEntry[],
): TargetDrift {
  if (blobs === undefined) return NO_DRIFT;
  const now = fingerprints(target);
  const isKnown = new Set([...Object.keys(blobs), ...foreign]);
  return {
    changed: Object.keys(blobs).filter((name) => name in now && now[name] !== blobs[name]),
    missing: Object.keys(blobs).filter((name) => !(name in now)),
    added: Object.keys(now).filter((name) => !isKnown.has(name)),
  };
}

/** The drift as text, file by file; empty when there is none. */
export function driftLine({ changed, missing, added }: TargetDrift): string {
  const part = (what: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${what} ${names.join(", ")}`];
  return [...part("changed", changed), ...part("missing", missing), ...part("added", added)].join(
    "; ",
  );
}
