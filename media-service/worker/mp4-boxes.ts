import { type FileHandle, open } from "node:fs/promises";

/** A box of an ISO base media file (ISO/IEC 14496-12, 4.2) by its place in the file. */
interface Box {
  readonly type: string;
  /** Of the box itself, its header included. */
  readonly offset: number;
  readonly headerBytes: number;
  /** Header included; as the header says, also where the file ends earlier. */
  readonly sizeBytes: number;
}

const HEADER_BYTES = 16;

/** The boxes of a file's top level, as far as the file reaches. */
async function* topLevelBoxes(file: FileHandle): AsyncGenerator<Box> {
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

/** Boxes that hold the film itself; what follows them at the end of a file may be anything. */
const FILM_BOXES = new Set(["moov", "moof", "mdat"]);

/** How many bytes an MP4's boxes promise beyond its end: more than 0 means that it was cut off. */
export async function missingBytes(path: string): Promise<number> {
  await using file = await open(path);
  const { size } = await file.stat();
  let end = 0;
  for await (const box of topLevelBoxes(file)) {
    if (FILM_BOXES.has(box.type)) end = Math.max(end, box.offset + box.sizeBytes);
  }
  return Math.max(0, end - size);
}
