import { createHash } from "node:crypto";
import type { BlobEntry } from "./blob-entry";
import { type BlobPair, holdsSameContent } from "./copy-plan";

/** Size and fingerprint of a set of blobs. */
export interface ContentSummary {
  readonly blobCount: number;
  readonly totalBytes: number;
  /** SHA-256 in hex over the sorted names with their lengths and MD5s. */
  readonly contentDigest: string;
}

/** Lists how the target differs from the source, a line for each blob; empty when it does not. */
export function contentDifferences(
  source: readonly BlobEntry[],
  target: readonly BlobEntry[],
): string[] {
  const targets = new Map(target.map((entry) => [entry.name, entry]));
  return source
    .map((entry) => ({ source: entry, target: targets.get(entry.name) }))
    .filter((pair) => !holdsSameContent(pair))
    .map(describeDifference);
}

function describeDifference({ source, target }: BlobPair): string {
  const name = JSON.stringify(source.name);
  if (target === undefined) return `${name} is missing in the target`;
  if (target.sizeBytes !== source.sizeBytes) {
    return `${name} has ${source.sizeBytes} bytes in the source, ${target.sizeBytes} in the target`;
  }
  if (source.md5 !== undefined) {
    return `${name} has MD5 ${source.md5} in the source, ${target.md5 ?? "none"} in the target`;
  }
  if (target.md5 === undefined) return `${name} was never compared in the target`;
  return `${name} is version ${source.etag} in the source, a copy of ${target.copiedFrom ?? "an unknown version"} in the target`;
}

/** Length and MD5 of blobs by name, sorted. */
export function fingerprints(entries: readonly BlobEntry[]): Record<string, string> {
  const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  return Object.fromEntries(
    sorted.map(({ name, sizeBytes, md5 }) => [name, `${sizeBytes} ${md5 ?? "without MD5"}`]),
  );
}

/** Summarises blobs; the same names with the same content give the same digest in any account. */
export function summarize(entries: readonly BlobEntry[]): ContentSummary {
  const hash = createHash("sha256");
  const sorted = [...entries].sort((a, b) =>
    Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
  );
  for (const { name, sizeBytes, md5 } of sorted) {
    hash.update(`${JSON.stringify([name, sizeBytes, md5 ?? null])}\n`);
  }
  return {
    blobCount: entries.length,
    totalBytes: entries.reduce((sum, entry) => sum + entry.sizeBytes, 0),
    contentDigest: hash.digest("hex"),
  };
}
