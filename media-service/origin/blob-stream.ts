import { Readable } from "node:stream";
import type { BlobAddress, BlobProperties, BlobStore } from "../ports/blob-store";
import type { BodyRange } from "./byte-range";

/** Held in memory for each download; the next part is read only when the client has taken this one. */
const PART_BYTES = 2 * 1024 * 1024;
const READ_TIMEOUT_MS = 10_000;

/** What a download holds in memory: the part that is being taken, and the next. */
export const DOWNLOAD_BYTES = 2 * PART_BYTES;

/** A part of one version of a blob as a stream; it fails when the blob changes underneath. */
export function blobStream(
  blobs: BlobStore,
  file: { readonly address: BlobAddress; readonly properties: BlobProperties },
  { start, end }: BodyRange,
): Readable {
  async function* parts(): AsyncGenerator<Buffer> {
    for (let offset = start; offset <= end; offset += PART_BYTES) {
      yield await blobs.readRange(file.address, {
        offset,
        sizeBytes: Math.min(PART_BYTES, end + 1 - offset),
        etag: file.properties.etag,
        signal: AbortSignal.timeout(READ_TIMEOUT_MS),
      });
    }
  }
  return Readable.from(parts(), { objectMode: false });
}
