import type { BlobClient } from "@azure/storage-blob";
import { quotedEtag } from "../copy/blob-entry";
import type { FileReader } from "./file-reader";

/** What is looked at lies close together: one answer serves for several reads. */
const AHEAD_BYTES = 64 * 1024;

/** A reader over one version of a blob. */
export function blobReader(
  blob: BlobClient,
  { etag, sizeBytes }: { readonly etag: string; readonly sizeBytes: number },
): FileReader {
  let start = 0;
  let known: Buffer = Buffer.alloc(0);
  return {
    sizeBytes,
    async read(offset, length) {
      const end = Math.min(offset + length, sizeBytes);
      if (offset >= end) return Buffer.alloc(0);
      if (offset < start || end > start + known.length) {
        const count = Math.min(Math.max(length, AHEAD_BYTES), sizeBytes - offset);
        const conditions = { ifMatch: quotedEtag(etag) };
        known = await blob.downloadToBuffer(offset, count, { conditions });
        start = offset;
      }
      return known.subarray(offset - start, end - start);
    },
  };
}
