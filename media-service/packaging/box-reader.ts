import { CorruptError } from "../domain/errors";

/** A box's place in a buffer (ISO/IEC 14496-12, 4.2). Offsets count from the buffer's start. */
export interface Box {
  readonly type: string;
  /** Where its header begins. */
  readonly start: number;
  /** Where what follows the header begins. */
  readonly payload: number;
  readonly end: number;
}

/** A part of a buffer that holds boxes. */
export type BoxRange = Pick<Box, "payload" | "end">;

/** A box's header. */
export interface BoxHeader {
  readonly type: string;
  readonly headerBytes: number;
  /** Header included. */
  readonly sizeBytes: number;
}

/** The longest header: size, type and a 64-bit size. */
export const MAX_BOX_HEADER_BYTES = 16;

/**
 * Reads the header of the box at an offset.
 *
 * @param remaining - Bytes from the offset to the end of the parent; the size of a box that says 0.
 * @throws CorruptError when no box can begin there.
 */
export function readBoxHeader(bytes: Buffer, offset: number, remaining: number): BoxHeader {
  if (remaining < 8) throw new CorruptError("a box header is cut off");
  const type = bytes.toString("latin1", offset + 4, offset + 8);
  const size32 = bytes.readUInt32BE(offset);
  const headerBytes = size32 === 1 ? 16 : 8;
  let sizeBytes = size32;
  if (size32 === 0) sizeBytes = remaining;
  if (size32 === 1) sizeBytes = Number(bytes.readBigUInt64BE(offset + 8));
  if (sizeBytes < headerBytes || sizeBytes > remaining) {
    throw new CorruptError(
      `the box '${type}' says ${sizeBytes} bytes where ${remaining} are left: the file is cut off or damaged`,
    );
  }
  return { type, headerBytes, sizeBytes };
}

/**
 * The boxes in a part of a buffer, in order.
 *
 * @throws CorruptError when a box reaches past its parent.
 */
export function* boxesIn(bytes: Buffer, range: BoxRange): Generator<Box> {
  let start = range.payload;
  // Fewer than 8 bytes are padding: QuickTime ends some lists with a 32-bit zero.
  while (start + 8 <= range.end) {
    const { type, headerBytes, sizeBytes } = readBoxHeader(bytes, start, range.end - start);
    yield { type, start, payload: start + headerBytes, end: start + sizeBytes };
    start += sizeBytes;
  }
}

/** The boxes of a type in a part of a buffer, in order. */
export function boxesOfType(bytes: Buffer, range: BoxRange, type: string): Box[] {
  return [...boxesIn(bytes, range)].filter((box) => box.type === type);
}

/** The first box at a path of types below a range, such as `mdia/minf/stbl`. */
export function findBox(bytes: Buffer, range: BoxRange, path: string): Box | undefined {
  let current: BoxRange | undefined = range;
  let found: Box | undefined;
  for (const type of path.split("/")) {
    if (!current) return undefined;
    found = boxesOfType(bytes, current, type)[0];
    current = found;
  }
  return found;
}

/**
 * Like {@link findBox}, for boxes that the file cannot do without.
 *
 * @throws CorruptError when there is none.
 */
export function requireBox(bytes: Buffer, range: BoxRange, path: string): Box {
  const box = findBox(bytes, range, path);
  if (!box) throw new CorruptError(`the file has no '${path}' box where one is required`);
  return box;
}

/** Version of a full box (ISO/IEC 14496-12, 4.2.2). */
export function boxVersion(bytes: Buffer, box: Box): number {
  return bytes.readUInt8(box.payload);
}

/** Flags of a full box. */
export function boxFlags(bytes: Buffer, box: Box): number {
  return bytes.readUIntBE(box.payload + 1, 3);
}

/** An unsigned number of 32 bits, or of 64 where the box's version says so. */
export function readUnsigned(bytes: Buffer, offset: number, wide: boolean): number {
  return wide ? Number(bytes.readBigUInt64BE(offset)) : bytes.readUInt32BE(offset);
}
