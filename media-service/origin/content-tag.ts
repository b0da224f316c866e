import { hash } from "node:crypto";
import type { BlobProperties } from "../ports/blob-store";

/** Raised whenever the same input is packaged into other bytes: caches must not mix the two. */
const PACKAGING_VERSION = "1";
const TAG_LENGTH = 22;

/**
 * Tells versions of blobs apart. Where the writer stored an MD5 it depends on the content alone, so that
 * copies in two data centers have the same tag and a client may go from one to the other.
 */
export function contentTag(
  ...blobs: readonly Pick<BlobProperties, "contentMd5" | "etag" | "sizeBytes">[]
): string {
  return tagOf(
    blobs.map(({ contentMd5, etag, sizeBytes }) => `${contentMd5 ?? etag}:${sizeBytes}`),
  );
}

/** A strong ETag, with its quotes, of what is made from tagged content. */
export function entityTag(tag: string, ...what: readonly (string | number)[]): string {
  return `"${tagOf([PACKAGING_VERSION, tag, ...what.map(String)])}"`;
}

function tagOf(parts: readonly string[]): string {
  return hash("sha256", parts.join("\n"), "base64url").slice(0, TAG_LENGTH);
}
