import type { FileReader } from "./file-reader";

/** A box as its header tells, ISO/IEC 14496-12 4.2: where its payload is, and where it ends. */
interface Box {
  readonly type: string;
  readonly start: number;
  readonly payload: number;
  readonly end: number;
}

/** Types that a file of this family can begin with; QuickTime files need not have `ftyp`. */
const FIRST_BOXES = new Set(["ftyp", "styp", "moov", "mdat", "wide", "free", "skip", "pnot"]);
const SMALL_HEADER = 8;
const LARGE_HEADER = 16;

/** Whether a file's first bytes are those of an ISO base media file (MP4, QuickTime, 3GPP). */
export function looksLikeIsoMedia(head: Buffer): boolean {
  return head.length >= SMALL_HEADER && FIRST_BOXES.has(head.toString("latin1", 4, 8));
}

/**
 * What is wrong with an ISO base media file, walking its boxes to the file's end: cut off, without an
 * index, or without a video track. Undefined when it is sound.
 */
export async function isoMediaFault(file: FileReader): Promise<string | undefined> {
  const { boxes, fault } = await topLevelBoxes(file);
  if (fault !== undefined) return fault;
  const movie = boxes.find(({ type }) => type === "moov");
  if (movie === undefined) {
    return "has no 'moov' box: it is truncated, or its recording was never finished";
  }
  if (!boxes.some(({ type }) => type === "mdat")) {
    return "is truncated: it has an index, and no 'mdat' box with media";
  }
  return (await hasVideoTrack(file, movie)) ? undefined : "has no video track";
}

async function topLevelBoxes(file: FileReader): Promise<{ boxes: Box[]; fault?: string }> {
  const boxes: Box[] = [];
  for (let offset = 0; offset < file.sizeBytes;) {
    if (await isPadding(file, offset)) break;
    const box = await readBox(file, offset, file.sizeBytes);
    if (box === undefined) {
      return { boxes, fault: `is truncated: it ends within a box header at byte ${offset}` };
    }
    if (box.end > file.sizeBytes) {
      const missing = box.end - file.sizeBytes;
      return {
        boxes,
        fault: `is truncated: its '${box.type}' box at byte ${offset} should go on for ${missing} bytes after the file's end`,
      };
    }
    boxes.push(box);
    offset = box.end;
  }
  return { boxes };
}

/** Some writers end a file with zeros that are too short for a box. */
async function isPadding(file: FileReader, offset: number): Promise<boolean> {
  const left = file.sizeBytes - offset;
  return left < SMALL_HEADER && (await file.read(offset, left)).every((byte) => byte === 0);
}

async function readBox(file: FileReader, start: number, limit: number): Promise<Box | undefined> {
  const head = await file.read(start, LARGE_HEADER);
  if (head.length < SMALL_HEADER) return undefined;
  const type = head.toString("latin1", 4, 8);
  const size = head.readUInt32BE(0);
  if (size === 0) return { type, start, payload: start + SMALL_HEADER, end: limit };
  if (size !== 1) {
    if (size < SMALL_HEADER) return undefined;
    return { type, start, payload: start + SMALL_HEADER, end: start + size };
  }
  if (head.length < LARGE_HEADER) return undefined;
  const large = Number(head.readBigUInt64BE(SMALL_HEADER));
  if (large < LARGE_HEADER) return undefined;
  return { type, start, payload: start + LARGE_HEADER, end: start + large };
}

async function* children(file: FileReader, parent: Box): AsyncGenerator<Box> {
  for (let offset = parent.payload; offset + SMALL_HEADER <= parent.end;) {
    const box = await readBox(file, offset, parent.end);
    if (box === undefined) return;
    yield box;
    offset = box.end;
  }
}

/** A track says what it is in `mdia/hdlr`, ISO/IEC 14496-12 8.4.3: handler_type is 8 bytes in. */
async function hasVideoTrack(file: FileReader, movie: Box): Promise<boolean> {
  for await (const track of children(file, movie)) {
    if (track.type !== "trak") continue;
    for await (const media of children(file, track)) {
      if (media.type === "mdia" && (await handlerOf(file, media)) === "vide") return true;
    }
  }
  return false;
}

async function handlerOf(file: FileReader, media: Box): Promise<string> {
  for await (const box of children(file, media)) {
    if (box.type === "hdlr") return (await file.read(box.payload + 8, 4)).toString("latin1");
  }
  return "";
}
