import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { NotFoundError, UnavailableError } from "../domain/errors";
import type { BlobAddress, BlobProperties, BlobStore } from "../ports/blob-store";
import { TaskError } from "./task-error";

/** Where a download goes and how it is watched. */
export interface DownloadOptions {
  readonly path: string;
  readonly signal: AbortSignal;
  /** Called with the share that is there, 0 to 1. */
  readonly onProgress: (share: number) => void;
}

/**
 * Brings a blob to a local file and compares length and MD5, where the store has one.
 *
 * @throws TaskError when the blob is missing, empty or not what was written.
 * @throws UnavailableError when the store breaks off.
 */
export async function downloadInput(
  blobs: BlobStore,
  address: BlobAddress,
  { path, signal, onProgress }: DownloadOptions,
): Promise<void> {
  const properties = await propertiesOf(blobs, address, signal);
  const hash = createHash("md5");
  let received = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      received += chunk.length;
      onProgress(Math.min(1, received / properties.sizeBytes));
      done(null, chunk);
    },
  });
  await pipeline(await blobs.open(address, signal), meter, createWriteStream(path), { signal });
  if (received !== properties.sizeBytes) {
    throw new UnavailableError(
      `the store gave ${received} of ${properties.sizeBytes} bytes of '${address.blob}'`,
    );
  }
  const md5 = hash.digest("base64");
  if (properties.contentMd5 !== undefined && properties.contentMd5 !== md5) {
    throw new TaskError(
      "ErrorDownloadingInputAssetMalformedContent",
      `the content of '${address.blob}' is not what its MD5 says; upload it again`,
    );
  }
}

async function propertiesOf(
  blobs: BlobStore,
  address: BlobAddress,
  signal: AbortSignal,
): Promise<BlobProperties> {
  let properties: BlobProperties;
  try {
    properties = await blobs.properties(address, signal);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new TaskError(
      "ErrorDownloadingInputAssetServiceFailure",
      `the input file '${address.blob}' is no longer in its asset`,
      { cause: error },
    );
  }
  if (properties.sizeBytes === 0) {
    throw new TaskError(
      "ErrorDownloadingInputAssetMalformedContent",
      `the input file '${address.blob}' is empty`,
    );
  }
  return properties;
}
