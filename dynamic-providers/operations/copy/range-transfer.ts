import { createHash } from "node:crypto";
import type { BlobClient, BlockBlobClient } from "@azure/storage-blob";
import { quotedEtag } from "./blob-entry";
import type { Block } from "./block-layout";
import type { CopyContext } from "./copy-context";
import { CopyError, statusOf } from "./copy-error";
import { withRetries, withStallGuard } from "./retries";

type Limits = Pick<CopyContext, "signal" | "options">;

/** A range of one version of a blob. */
export interface RangeSource {
  readonly blob: BlobClient;
  readonly etag: string;
}

/**
 * Reads a range of exactly this version into memory.
 *
 * @throws CopyError `SourceChanged` when the blob is another version by now.
 */
export async function readRange(from: RangeSource, block: Block, limits: Limits): Promise<Buffer> {
  // Slow, because not from the shared pool: the memory is given back as soon as it is let go.
  const bytes = Buffer.allocUnsafeSlow(block.sizeBytes);
  await withRetries(limits.signal, async () => {
    try {
      await fill(bytes, { from, block, limits });
    } catch (error) {
      if (statusOf(error) !== 412) throw error;
      throw new CopyError("SourceChanged", `${from.blob.name} changed while it was read`, error);
    }
  });
  return bytes;
}

async function fill(
  bytes: Buffer,
  { from, block, limits }: { from: RangeSource; block: Block; limits: Limits },
): Promise<void> {
  const guard = { signal: limits.signal, stallTimeoutMs: limits.options.stallTimeoutMs };
  await withStallGuard(guard, async (abortSignal, onMoved) => {
    const answer = await from.blob.download(block.offset, block.sizeBytes, {
      abortSignal,
      conditions: { ifMatch: quotedEtag(from.etag) },
    });
    let filled = 0;
    for await (const chunk of answer.readableStreamBody as AsyncIterable<Buffer>) {
      if (filled + chunk.length > bytes.length) break;
      filled += chunk.copy(bytes, filled);
      onMoved();
    }
    if (filled !== bytes.length) {
      throw new CopyError(
        "Interrupted",
        `${from.blob.name}: ${filled} of ${bytes.length} bytes came`,
      );
    }
  });
}

/** Sends one block with an MD5 of its own, which the store checks on arrival. */
export async function stageRange(
  to: BlockBlobClient,
  { block, bytes }: { block: Block; bytes: Buffer },
  limits: Limits,
): Promise<void> {
  // An MD5, never the SDK's CRC64: a store that gets none computes slow checksums itself, and the
  // SDK's `contentChecksumAlgorithm` frames the body in a way that not every store unpacks.
  const transactionalContentMD5 = createHash("md5").update(bytes).digest();
  const guard = { signal: limits.signal, stallTimeoutMs: limits.options.stallTimeoutMs };
  await withRetries(limits.signal, () =>
    withStallGuard(guard, (abortSignal, onProgress) =>
      to.stageBlock(block.id, bytes, bytes.length, {
        abortSignal,
        onProgress,
        transactionalContentMD5,
      }),
    ),
  );
}
