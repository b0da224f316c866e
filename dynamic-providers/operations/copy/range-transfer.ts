import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { BlobClient, BlockBlobClient } from "@azure/storage-blob";
import { quotedEtag } from "./blob-entry";
import type { Block } from "./block-layout";
import { CopyError, statusOf } from "./copy-error";
import { type TransferLimits, withPatience, withRetries, withStallGuard } from "./retries";

/** A range of one version of a blob. */
export interface RangeSource {
  readonly blob: BlobClient;
  readonly etag: string;
}

/** A block, and memory of its length. */
export interface BlockBytes {
  readonly block: Block;
  readonly bytes: Buffer;
}

/** Bytes handed to a connection at once: small enough that a slow one is not taken for a dead one. */
const SEND_CHUNK_BYTES = 256 * 1024;

/**
 * Fills memory with a range of exactly this version.
 *
 * @throws CopyError `SourceChanged` when the blob is another version by now.
 */
export async function readRange(
  from: RangeSource,
  range: BlockBytes,
  limits: TransferLimits,
): Promise<void> {
  await withRetries(limits.signal, async () => {
    try {
      await fill(from, range, limits);
    } catch (error) {
      if (statusOf(error) !== 412) throw error;
      throw new CopyError("SourceChanged", `${from.blob.name} changed while it was read`, error);
    }
  });
}

async function fill(
  { blob, etag }: RangeSource,
  { block, bytes }: BlockBytes,
  limits: TransferLimits,
): Promise<void> {
  await withStallGuard(limits, async (abortSignal, onMoved) => {
    const answer = await blob.download(block.offset, block.sizeBytes, {
      abortSignal,
      conditions: { ifMatch: quotedEtag(etag) },
    });
    let filled = 0;
    for await (const chunk of answer.readableStreamBody as AsyncIterable<Buffer>) {
      if (filled + chunk.length > bytes.length) break;
      filled += chunk.copy(bytes, filled);
      onMoved();
    }
    if (filled !== bytes.length) {
      throw new CopyError("Interrupted", `${blob.name}: ${filled} of ${bytes.length} bytes came`);
    }
  });
}

/** Sends one block with an MD5 of its own, which the store checks on arrival. */
export async function stageRange(
  to: BlockBlobClient,
  { block, bytes }: BlockBytes,
  limits: TransferLimits,
): Promise<void> {
  // An MD5, never the SDK's CRC64: a store that gets none computes slow checksums itself, and the
  // SDK's `contentChecksumAlgorithm` frames the body in a way that not every store unpacks.
  const transactionalContentMD5 = createHash("md5").update(bytes).digest();
  await withPatience(limits, (abortSignal, onMoved) =>
    to.stageBlock(block.id, () => Readable.from(chunks(bytes, onMoved)), bytes.length, {
      abortSignal,
      transactionalContentMD5,
    }),
  );
}

function* chunks(bytes: Buffer, onMoved: () => void): Generator<Buffer> {
  for (let offset = 0; offset < bytes.length; offset += SEND_CHUNK_BYTES) {
    onMoved();
    yield bytes.subarray(offset, offset + SEND_CHUNK_BYTES);
  }
}
