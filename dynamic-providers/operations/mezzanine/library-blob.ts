import { readEntry } from "../copy/listing";
import type { BlobEntry } from "../copy/blob-entry";
import { CopyError, statusOf } from "../copy/copy-error";
import { copyOptions } from "../copy/copy-options";
import { openSourceContainer, type SourceContainer } from "../source-container/open-container";
import { contentTagOf, type SourceBlob } from "../source-container/source-blob";
import { sourceFault } from "../source-container/source-fault";
import { blobReader } from "./blob-reader";
import { mediaFault } from "./source-file";

/** A video in a library's container, as it was listed. */
export interface LibraryBlob {
  /** Its name in the container. */
  readonly name: string;
  readonly version: SourceBlob;
}

/** What makes a blob unfit as a mezzanine, as a sentence that names it; undefined when it is fit. */
export async function libraryBlobFault(source: LibraryBlob): Promise<string | undefined> {
  try {
    const container = await openSourceContainer(source.version.container);
    const entry = await readLibraryBlob(container, source);
    const blob = container.client.getBlobClient(source.name);
    const fault = await mediaFault(blobReader(blob, entry)).catch((error: unknown) => {
      throw notReadable(container, source, error);
    });
    return fault && `${placeOf(source)} ${fault}. Give a whole video file.`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Reads what the store tells about a video now.
 *
 * @throws CopyError `SourceChanged` when it is gone, or holds other content than was listed.
 */
export async function readLibraryBlob(
  container: SourceContainer,
  source: LibraryBlob,
): Promise<BlobEntry> {
  const { stallTimeoutMs } = copyOptions();
  const limits = { signal: new AbortController().signal, stallTimeoutMs };
  const found = await readEntry(container.client, source.name, limits).catch((error: unknown) => {
    throw notReadable(container, source, error);
  });
  const { version } = source;
  if (found === undefined) {
    const what = `${placeOf(source)} is not there any more. Run again: the library is then listed anew.`;
    throw new CopyError("SourceChanged", what);
  }
  if (contentTagOf(found) === contentTagOf(version)) return found;
  const what = `${placeOf(source)} changed since it was listed (${version.sizeBytes} bytes then, ${found.sizeBytes} now).`;
  throw new CopyError("SourceChanged", `${what} Run again when nothing writes to it.`);
}

function placeOf({ name, version }: LibraryBlob): string {
  return `The blob '${name}' in ${version.container}`;
}

function notReadable({ address }: SourceContainer, source: LibraryBlob, error: unknown): CopyError {
  const why = statusOf(error) === 412 ? "it is being written" : sourceFault(error, address);
  return new CopyError("StoreRefused", `${placeOf(source)} can't be read: ${why}.`, error);
}
