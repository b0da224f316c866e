import { createReadStream } from "node:fs";
import pLimit from "p-limit";
import type { BlobStore } from "../ports/blob-store";
import type { AssetFile } from "./asset-files";

/** Files written at the same time. */
const UPLOAD_CONCURRENCY = 4;

/** Removes what an earlier attempt left in a container. */
export async function clearContainer(
  blobs: BlobStore,
  container: string,
  signal: AbortSignal,
): Promise<void> {
  for await (const { name } of blobs.list(container, signal)) {
    signal.throwIfAborted();
    await blobs.delete({ container, blob: name });
  }
}

/**
 * Writes the files of an asset, the last one when all others are there. `onProgress` gets the share
 * that is done, 0 to 1.
 */
export async function uploadAsset(
  blobs: BlobStore,
  files: readonly AssetFile[],
  options: { container: string; signal: AbortSignal; onProgress: (share: number) => void },
): Promise<void> {
  const { container, onProgress } = options;
  const limit = pLimit(UPLOAD_CONCURRENCY);
  // One failed write stops the others before the error goes on.
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  let done = 0;
  const upload = async ({ name, content, contentType }: AssetFile): Promise<void> => {
    signal.throwIfAborted();
    const body = Buffer.isBuffer(content) ? content : createReadStream(content.path);
    await blobs.write({ container, blob: name }, body, { contentType, signal });
    onProgress(++done / files.length);
  };

  const writes = files.slice(0, -1).map((file) => limit(upload, file));
  try {
    await Promise.all(writes);
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(writes);
    throw error;
  }
  for (const last of files.slice(-1)) await upload(last);
}
