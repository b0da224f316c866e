import { CorruptError } from "../domain/errors";
import { type Box, type BoxHeader, MAX_BOX_HEADER_BYTES, readBoxHeader } from "./box-reader";
import type { ByteSource } from "./byte-source";
import { WindowedSource } from "./windowed-source";

/** A box that was read whole, with its place in the file. */
export interface LoadedBox {
  readonly bytes: Buffer;
  readonly box: Box;
  readonly start: number;
}

/** The boxes of a file that its index is made of. */
export interface IndexBoxes {
  readonly moov: LoadedBox;
  readonly sidx: readonly LoadedBox[];
  /** The first fragment; undefined for progressive files. */
  readonly moof: LoadedBox | undefined;
  /** Size of the `mdat` after `moof`. */
  readonly firstDataBytes: number;
}

/** The first read: holds the whole index of most CMAF files, and the first boxes of any. */
const HEAD_BYTES = 64 * 1024;
/** Index boxes larger than this are refused: a day of video needs less. */
const MAX_INDEX_BOX_BYTES = 96 * 1024 * 1024;
const MAX_TOP_LEVEL_BOXES = 1000;
const INDEX_BOXES = new Set(["moov", "moof", "sidx"]);

/**
 * Reads what a file's index is made of, by a few small reads.
 *
 * @throws CorruptError when the file is cut off or has no index.
 */
export async function readIndexBoxes(source: ByteSource): Promise<IndexBoxes> {
  const head = new WindowedSource(source, 0);
  await head.read(0, Math.min(HEAD_BYTES, source.sizeBytes));
  const found = new Map<string, LoadedBox>();
  const sidx: LoadedBox[] = [];
  let start = 0;
  let firstDataBytes = 0;
  for (let count = 0; source.sizeBytes - start >= 8; count++) {
    if (count === MAX_TOP_LEVEL_BOXES)
      throw new CorruptError("the file's index is not at its front or back");
    const header = await readHeaderAt(head, start);
    if (header.type === "mdat" && found.has("moof") && found.has("moov")) {
      firstDataBytes = header.sizeBytes;
      break;
    }
    if (INDEX_BOXES.has(header.type)) {
      const loaded = await loadBox(head, start, header);
      if (header.type === "sidx") sidx.push(loaded);
      else if (!found.has(header.type)) found.set(header.type, loaded);
    }
    start += header.sizeBytes;
  }
  const moov = found.get("moov");
  if (!moov) throw new CorruptError("the file has no 'moov' box: it is no MP4, or is cut off");
  return { moov, sidx, moof: found.get("moof"), firstDataBytes };
}

/** The header of the top-level box that begins at a place. */
export async function readHeaderAt(source: ByteSource, start: number): Promise<BoxHeader> {
  const remaining = source.sizeBytes - start;
  return readBoxHeader(
    await source.read(start, Math.min(MAX_BOX_HEADER_BYTES, remaining)),
    0,
    remaining,
  );
}

/**
 * Reads a box whole.
 *
 * @throws CorruptError when it is larger than any index.
 */
export async function loadBox(
  source: ByteSource,
  start: number,
  { type, headerBytes, sizeBytes }: BoxHeader,
): Promise<LoadedBox> {
  if (sizeBytes > MAX_INDEX_BOX_BYTES) {
    throw new CorruptError(`the box '${type}' of ${sizeBytes} bytes is too large for an index`);
  }
  const bytes = await source.read(start, sizeBytes);
  return { bytes, box: { type, start: 0, payload: headerBytes, end: sizeBytes }, start };
}
