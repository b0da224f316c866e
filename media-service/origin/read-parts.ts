import type { RecipePart } from "../packaging/segment-recipe";
import type { BlobRange, BlobStore } from "../ports/blob-store";
import type { OpenFile } from "./presentation-library";
import type { SharedDeadline } from "./shared-deadline";

/** Where an asset's files are, and those that were opened. */
export interface AssetFiles {
  readonly blobs: BlobStore;
  readonly container: string;
  readonly files: ReadonlyMap<string, OpenFile>;
  /** Until when a read has to have ended. */
  readonly deadline: SharedDeadline;
}

/** Parts of a file that are read at once. */
interface Read {
  readonly src: string;
  readonly offset: number;
  end: number;
}

/** Reading this much for nothing costs less than asking the store once more. */
const MAX_GAP_BYTES = 256 * 1024;
/** Longer reads are not put together: two at the same time are faster. */
const MAX_JOINED_BYTES = 16 * 1024 * 1024;

/**
 * Reads parts of files, those that lie together by one read.
 *
 * @throws ConflictError when a file is not what it was when it was opened.
 */
export async function readParts(
  { blobs, container, files, deadline }: AssetFiles,
  parts: readonly RecipePart[],
): Promise<Buffer[]> {
  const { signal } = deadline;
  const reads = joinedReads(parts);
  const loaded = await Promise.all(
    reads.map(({ src, offset, end }) =>
      blobs.readRange(
        { container, blob: src },
        { ...rangeOf(files, { src, offset, sizeBytes: end - offset }), signal },
      ),
    ),
  );
  return parts.map(({ src, offset, sizeBytes }) => {
    const index = reads.findIndex(
      (read) => read.src === src && read.offset <= offset && offset + sizeBytes <= read.end,
    );
    const start = offset - (reads[index]?.offset ?? 0);
    return loaded[index]?.subarray(start, start + sizeBytes) ?? Buffer.alloc(0);
  });
}

/**
 * Reads a part of a file, given to `take` in pieces as they arrive.
 *
 * @throws ConflictError when the file is not what it was when it was opened.
 */
export function streamPart(
  { blobs, container, files, deadline: { signal } }: AssetFiles,
  part: RecipePart,
  take: (piece: Buffer) => void,
): Promise<void> {
  const range = { ...rangeOf(files, part), signal };
  return blobs.streamRange({ container, blob: part.src }, range, take);
}

function rangeOf(
  files: ReadonlyMap<string, OpenFile>,
  { src, offset, sizeBytes }: RecipePart,
): BlobRange {
  return { offset, sizeBytes, etag: requireFile(files, src).properties.etag };
}

/** A file of an asset that was opened. */
export function requireFile(files: ReadonlyMap<string, OpenFile>, src: string): OpenFile {
  const file = files.get(src);
  if (!file) throw new RangeError(`'${src}' was not opened`);
  return file;
}

function joinedReads(parts: readonly RecipePart[]): Read[] {
  const reads: Read[] = [];
  const inOrder = [...parts].sort((one, other) =>
    one.src === other.src ? one.offset - other.offset : one.src < other.src ? -1 : 1,
  );
  for (const { src, offset, sizeBytes } of inOrder) {
    const end = offset + sizeBytes;
    const last = reads.at(-1);
    const near =
      last?.src === src &&
      offset <= last.end + MAX_GAP_BYTES &&
      end - last.offset <= MAX_JOINED_BYTES;
    if (last && near) last.end = Math.max(last.end, end);
    else reads.push({ src, offset, end });
  }
  return reads;
}
