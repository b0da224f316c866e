import type { BlobHTTPHeaders, BlobItem, Metadata } from "@azure/storage-blob";

/**
 * Metadata key that every copied blob carries: the ETag of the source version it was made from. It tells
 * blobs of this copy from foreign ones, and stands in for an MD5 that the source does not have.
 */
export const COPIED_FROM_KEY = "twinstream_copied_from";

/** A copy that a store itself is doing, or did, onto a blob. */
interface StoreCopyState {
  readonly id: string;
  readonly status: string;
}

/** What a listing tells about one blob. */
export interface BlobEntry {
  readonly name: string;
  readonly sizeBytes: number;
  /** Without quotes, whichever form the store used. */
  readonly etag: string;
  /** Base64; undefined when the store has none, which is usual for blobs committed from blocks. */
  readonly md5: string | undefined;
  /** Content type and its kin, without the MD5. */
  readonly headers: BlobHTTPHeaders;
  /** The owner's metadata, without {@link COPIED_FROM_KEY}. */
  readonly metadata: Metadata;
  /** ETag of the source version this blob was copied from. */
  readonly copiedFrom: string | undefined;
  /** Set only where somebody chose a tier; the account's default is not a choice. */
  readonly tier: string | undefined;
  readonly tags: Readonly<Record<string, string>> | undefined;
  readonly storeCopy: StoreCopyState | undefined;
}

/** ETags come with quotes in headers and without them in listings: drop them. */
function bareEtag(etag: string): string {
  return etag.replace(/^"|"$/g, "");
}

/** The form that conditions (`If-Match`) need. */
export function quotedEtag(etag: string): string {
  return `"${bareEtag(etag)}"`;
}

/** Reads one item of a listing. */
export function toBlobEntry(item: BlobItem): BlobEntry {
  const { properties } = item;
  const { [COPIED_FROM_KEY]: copiedFrom, ...metadata } = item.metadata ?? {};
  return {
    name: item.name,
    sizeBytes: properties.contentLength ?? 0,
    etag: bareEtag(properties.etag),
    md5: toBase64(properties.contentMD5),
    headers: headersOf(properties),
    metadata,
    copiedFrom,
    tier: properties.accessTierInferred === true ? undefined : properties.accessTier,
    tags: item.tags,
    storeCopy: copyStateOf(properties),
  };
}

/** Metadata for the target: the owner's, and where the blob came from. */
export function targetMetadata(source: BlobEntry): Metadata {
  return { ...source.metadata, [COPIED_FROM_KEY]: source.etag };
}

/** Headers for the target, with an MD5 only if the content is known to have it. */
export function targetHeaders(source: BlobEntry, md5: Buffer | undefined): BlobHTTPHeaders {
  return { ...source.headers, ...(md5 === undefined ? {} : { blobContentMD5: md5 }) };
}

function toBase64(md5: Uint8Array | undefined): string | undefined {
  return md5 === undefined || md5.length === 0 ? undefined : Buffer.from(md5).toString("base64");
}

function copyStateOf({ copyId, copyStatus }: BlobItem["properties"]): StoreCopyState | undefined {
  return copyId === undefined || copyStatus === undefined
    ? undefined
    : { id: copyId, status: copyStatus };
}

function headersOf(properties: BlobItem["properties"]): BlobHTTPHeaders {
  const found = {
    blobContentType: properties.contentType,
    blobCacheControl: properties.cacheControl,
    blobContentEncoding: properties.contentEncoding,
    blobContentLanguage: properties.contentLanguage,
    blobContentDisposition: properties.contentDisposition,
  };
  return Object.fromEntries(
    Object.entries(found).filter(([, value]) => value !== undefined && value !== ""),
  );
}
