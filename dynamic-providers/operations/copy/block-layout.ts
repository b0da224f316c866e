import { createHash } from "node:crypto";

/** One block of a blob. */
export interface Block {
  readonly index: number;
  readonly offset: number;
  readonly sizeBytes: number;
  /** Base64, as the store wants it. */
  readonly id: string;
}

/** A version of a blob that is to be cut into blocks. */
export interface BlobVersion {
  readonly etag: string;
  readonly sizeBytes: number;
}

const MIB = 1024 * 1024;
/** Most blocks of a blob: https://learn.microsoft.com/rest/api/storageservices/put-block-list */
const MAX_BLOCKS = 50_000;

/** Bytes of a block: the wished size, or the next whole MiB with which the blob fits in 50,000 blocks. */
export function blockSizeBytes(wishedMiB: number, blobSizeBytes: number): number {
  return Math.max(wishedMiB, Math.ceil(blobSizeBytes / MAX_BLOCKS / MIB)) * MIB;
}

/**
 * Cuts a blob into blocks. An id is made of the source's ETag, the block size and the index, so a block
 * found in the target under its id is that part of that version and need not be sent again.
 */
export function blockLayout(version: BlobVersion, sizeBytes: number): Block[] {
  const prefix = createHash("sha256")
    .update(`${version.etag}|${sizeBytes}`)
    .digest("hex")
    .slice(0, 16);
  return Array.from({ length: Math.ceil(version.sizeBytes / sizeBytes) }, (_, index) => {
    const offset = index * sizeBytes;
    return {
      index,
      offset,
      sizeBytes: Math.min(sizeBytes, version.sizeBytes - offset),
      id: Buffer.from(`${prefix}-${index.toString().padStart(6, "0")}`).toString("base64"),
    };
  });
}
