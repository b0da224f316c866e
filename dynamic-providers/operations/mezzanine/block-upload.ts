import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { Block, BlockBlobClient, RestError } from "@azure/storage-blob";
import pLimit from "p-limit";
import { createProgress, writeLine } from "../progress";
import { storageBlob } from "../storage-blob";
import { type FileContent, sourcePath } from "./source-file";

const SMALLEST_BLOCK_BYTES = 8 * 1024 * 1024;
/** "About block blobs", Azure Storage. */
const MOST_BLOCKS = 50_000;
const BLOCKS_AT_ONCE = 4;
/** For one block, retries included. */
const BLOCK_TIMEOUT_MS = 5 * 60_000;
const CALL_TIMEOUT_MS = 2 * 60_000;

/** What goes where. */
export interface BlockUpload {
  readonly file: string;
  readonly content: FileContent;
  /** Signed: a secret. */
  readonly blobUrl: string;
  readonly contentType: string;
  readonly label: string;
  /** Default 8 MiB, or what the largest number of blocks needs. */
  readonly blockBytes?: number;
}

interface PlannedBlock {
  readonly id: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

/**
 * Uploads a file as a block blob, going on where a killed run stopped: block ids follow from the
 * content, so blocks that the store holds already are not sent again. Every block is sent with its MD5.
 *
 * @throws Error when the blob does not hold the file's content afterwards.
 */
export async function uploadInBlocks(upload: BlockUpload): Promise<void> {
  const blob = new (storageBlob().BlockBlobClient)(upload.blobUrl);
  const blocks = planBlocks(upload.content, upload.blockBytes);
  if (await isUploaded(blob, upload.content, blocks)) {
    writeLine(`${upload.label}: is there already`);
    return;
  }
  await stageMissing(blob, upload, blocks);
  await blob.commitBlockList(
    blocks.map(({ id }) => id),
    {
      blobHTTPHeaders: {
        blobContentMD5: upload.content.md5,
        blobContentType: upload.contentType,
      },
      abortSignal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    },
  );
  if (!(await isUploaded(blob, upload.content, blocks))) {
    throw new Error(
      `The blob of '${upload.file}' does not have the file's length and MD5 after its upload: something else writes to it, or the store is at fault. Run again.`,
    );
  }
}

function planBlocks(content: FileContent, wanted = SMALLEST_BLOCK_BYTES): PlannedBlock[] {
  const { sizeBytes, contentSha256 } = content;
  const blockBytes = Math.max(wanted, Math.ceil(sizeBytes / MOST_BLOCKS));
  return Array.from({ length: Math.ceil(sizeBytes / blockBytes) }, (_, index) => ({
    // All ids of a blob have to have one length.
    id: createHash("md5").update(`${contentSha256} ${blockBytes} ${index}`).digest("base64"),
    offset: index * blockBytes,
    sizeBytes: Math.min(blockBytes, sizeBytes - index * blockBytes),
  }));
}

/** The MD5 of the whole is only stored; that it is true follows from the blocks, each checked on its way. */
async function isUploaded(
  blob: BlockBlobClient,
  content: FileContent,
  blocks: readonly PlannedBlock[],
): Promise<boolean> {
  const abortSignal = AbortSignal.timeout(CALL_TIMEOUT_MS);
  const properties = await unlessMissing(blob.getProperties({ abortSignal }));
  const { contentLength, contentMD5 } = properties ?? {};
  if (contentLength !== content.sizeBytes || !content.md5.equals(contentMD5 ?? new Uint8Array())) {
    return false;
  }
  const { committedBlocks = [] } = await blob.getBlockList("committed", { abortSignal });
  return (
    committedBlocks.length === blocks.length &&
    blocks.every((block, index) => holds(committedBlocks[index], block))
  );
}

async function stageMissing(
  blob: BlockBlobClient,
  upload: BlockUpload,
  blocks: readonly PlannedBlock[],
): Promise<void> {
  const abortSignal = AbortSignal.timeout(CALL_TIMEOUT_MS);
  const list = await unlessMissing(blob.getBlockList("uncommitted", { abortSignal }));
  const staged = new Map(list?.uncommittedBlocks?.map((block) => [block.name, block]));
  const missing = blocks.filter((block) => !holds(staged.get(block.id), block));
  const { sizeBytes } = upload.content;
  const progress = createProgress({ label: upload.label, unit: "bytes", total: sizeBytes });
  let done = sizeBytes - missing.reduce((sum, block) => sum + block.sizeBytes, 0);
  progress.update(done);
  const handle = await open(sourcePath(upload.file), "r");
  try {
    const limit = pLimit(BLOCKS_AT_ONCE);
    const stage = async (block: PlannedBlock): Promise<void> => {
      await stageBlock(blob, handle, block);
      done += block.sizeBytes;
      progress.update(done);
    };
    const results = await Promise.allSettled(missing.map((block) => limit(() => stage(block))));
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  } finally {
    await handle.close();
  }
  progress.done();
}

async function stageBlock(
  blob: BlockBlobClient,
  handle: FileHandle,
  { id, offset, sizeBytes }: PlannedBlock,
): Promise<void> {
  const { buffer, bytesRead } = await handle.read({
    buffer: Buffer.allocUnsafe(sizeBytes),
    position: offset,
  });
  if (bytesRead !== sizeBytes) {
    throw new Error("The file became shorter while it was uploaded. Run again when it is whole.");
  }
  await blob.stageBlock(id, buffer, sizeBytes, {
    transactionalContentMD5: createHash("md5").update(buffer).digest(),
    abortSignal: AbortSignal.timeout(BLOCK_TIMEOUT_MS),
  });
}

function holds(there: Block | undefined, block: PlannedBlock): boolean {
  return there?.name === block.id && there.size === block.sizeBytes;
}

async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if ((error as RestError).statusCode === 404) return undefined;
    throw error;
  }
}
