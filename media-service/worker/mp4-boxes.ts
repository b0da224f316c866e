import { type FileHandle, open } from "node:fs/promises";

/** A box of an ISO base media file (ISO/IEC 14496-12, 4.2) by its place in the file. */
export interface Box {
  readonly type: string;
  /** Of the box itself, its header included. */
  readonly offset: number;
  readonly headerBytes: number;
  /** Header included; as the header says, also where the file ends earlier. */
  readonly sizeBytes: number;
}

const HEADER_BYTES = 16;

/** The boxes of a file's top level, as far as the file reaches. */
export async function* topLevelBoxes(file: FileHandle): AsyncGenerator<Box> {
  const { size: fileBytes } = await file.stat();
  const header = Buffer.alloc(HEADER_BYTES);
  let offset = 0;
  while (offset + 8 <= fileBytes) {
    const { bytesRead } = await file.read(header, 0, HEADER_BYTES, offset);
    const box = readHeader(header.subarray(0, bytesRead), offset, fileBytes);
    if (!box) return;
    yield box;
    offset += box.sizeBytes;
  }
}

function readHeader(header: Buffer, offset: number, fileBytes: number): Box | undefined {
  if (header.length < 8) return undefined;
  const type = header.toString("latin1", 4, 8);
  const short = header.readUInt32BE(0);
  // 1: the size is in 64 bits behind the type; 0: the box reaches to the end of the file.
  if (short === 1) {
    if (header.length < HEADER_BYTES) return undefined;
    const sizeBytes = Number(header.readBigUInt64BE(8));
    return sizeBytes < HEADER_BYTES ? undefined : { type, offset, headerBytes: 16, sizeBytes };
  }
  const sizeBytes = short === 0 ? fileBytes - offset : short;
  return sizeBytes < 8 ? undefined : { type, offset, headerBytes: 8, sizeBytes };
}

const FIRST_BOXES = new Set(["ftyp", "styp", "moov", "mdat", "free", "skip", "wide", "pnot"]);

/** Whether a file begins as MP4 or QuickTime files do. */
export async function looksLikeMp4(path: string): Promise<boolean> {
  await using file = await open(path);
  for await (const box of topLevelBoxes(file)) return FIRST_BOXES.has(box.type);
  return false;
}

/** How many bytes an MP4's boxes promise beyond its end: more than 0 means that it was cut off. */
export async function missingBytes(path: string): Promise<number> {
  await using file = await open(path);
  const { size } = await file.stat();
  let end = 0;
  for await (const box of topLevelBoxes(file)) end = box.offset + box.sizeBytes;
  return Math.max(0, end - size);
}

/** The content of a box that is small enough for memory, its header left out. */
export async function readBox(file: FileHandle, box: Box): Promise<Buffer> {
  const content = Buffer.alloc(box.sizeBytes - box.headerBytes);
  const { bytesRead } = await file.read(content, 0, content.length, box.offset + box.headerBytes);
  if (bytesRead !== content.length) throw new RangeError(`box '${box.type}' is cut off`);
  return content;
}

/** The contents of all child boxes of a type, inside a box's content. */
export function children(content: Buffer, type: string): Buffer[] {
  const found: Buffer[] = [];
  let offset = 0;
  while (offset + 8 <= content.length) {
    const size = content.readUInt32BE(offset);
    if (size < 8 || offset + size > content.length) break;
    if (content.toString("latin1", offset + 4, offset + 8) === type) {
      found.push(content.subarray(offset + 8, offset + size));
    }
    offset += size;
  }
  return found;
}

/** The content of the box at the end of a path of types. */
export function descend(content: Buffer, path: readonly string[]): Buffer | undefined {
  let current: Buffer | undefined = content;
  for (const type of path) current = current && children(current, type)[0];
  return current;
}
