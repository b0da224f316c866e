import { createHash, randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import type { BlockBlobClient } from "@azure/storage-blob";
import type { BlobProperties } from "../ports/blob-store";

const BLOCK_BYTES = 8 * 1024 * 1024;
const PARALLEL_BLOCKS = 3;

/**
 * Writes a blob in blocks and commits them at the end, with the MD5 of the whole: a reader sees the
 * old content or the new, never a part.
 */
export async function writeBlocks(
  blob: BlockBlobClient,
  content: Readable | Buffer,
  { contentType, signal }: { contentType: string; signal?: AbortSignal },
): Promise<BlobProperties> {
  const abort = signal === undefined ? {} : { abortSignal: signal };
  const whole = createHash("md5");
  const upload = randomUUID().slice(0, 8);
  const blockIds: string[] = [];
  let sizeBytes = 0;
  const running = new Set<Promise<unknown>>();
  for await (const block of blocksOf(content)) {
    whole.update(block);
    sizeBytes += block.length;
    const blockId = blockName(upload, blockIds.length);
    blockIds.push(blockId);
    // Without our own MD5 the SDK's store may compute a slower checksum for every block.
    const transactionalContentMD5 = createHash("md5").update(block).digest();
    const staged = blob.stageBlock(blockId, block, block.length, {
      ...abort,
      transactionalContentMD5,
    });
    running.add(staged);
    void staged.then(
      () => running.delete(staged),
      () => undefined,
    );
    if (running.size >= PARALLEL_BLOCKS) await Promise.race(running);
  }
  await Promise.all(running);
  const md5 = whole.digest();
  const committed = await blob.commitBlockList(blockIds, {
    ...abort,
    blobHTTPHeaders: { blobContentType: contentType, blobContentMD5: md5 },
  });
  return {
    sizeBytes,
    etag: committed.etag ?? "",
    lastModified: committed.lastModified ?? new Date(0),
    contentType,
    contentMd5: md5.toString("base64"),
  };
}

async function* blocksOf(content: Readable | Buffer): AsyncIterable<Buffer> {
  if (Buffer.isBuffer(content)) {
    for (let at = 0; at < content.length; at += BLOCK_BYTES) {
      yield content.subarray(at, at + BLOCK_BYTES);
    }
    return;
  }
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    waiting.push(chunk);
    length += chunk.length;
    if (length < BLOCK_BYTES) continue;
    yield Buffer.concat(waiting, length);
    waiting = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(waiting, length);
}

// Every upload has its own names, so that two writers of one blob never mix their blocks.
function blockName(upload: string, index: number): string {
  return Buffer.from(`${upload}-${index.toString().padStart(6, "0")}`).toString("base64");
}
