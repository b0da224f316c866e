import { type Box, boxVersion } from "./box-reader";

/** How a picture is shown, as `tkhd` tells (ISO/IEC 14496-12, 8.3.2). */
export interface Display {
  /** The matrix and the size before it is applied, as init segments repeat them; undefined when not told. */
  readonly bytes: Buffer | undefined;
  /** As shown: after scaling to square pixels and turning. 0 when not told. */
  readonly width: number;
  readonly height: number;
  /** Whether what is upright when it is shown lies on its side as it is coded. */
  readonly isOnItsSide: boolean;
}

/** Nine numbers of the matrix, then width and height, of four bytes each. */
const DISPLAY_BYTES = 44;
/** Length of what is before the matrix, by the box's version. */
const HEAD_BYTES = [40, 52];

/** Reads how a track's picture is turned and scaled; phones film upright by turning alone. */
export function readDisplay(bytes: Buffer, tkhd: Box): Display {
  const start = tkhd.payload + (HEAD_BYTES[boxVersion(bytes, tkhd)] ?? 40);
  const own = Buffer.from(bytes.subarray(start, Math.min(tkhd.end, start + DISPLAY_BYTES)));
  const told = own.length === DISPLAY_BYTES && own.some((byte) => byte !== 0);
  if (!told) return { bytes: undefined, width: 0, height: 0, isOnItsSide: false };
  const width = Math.round(own.readUInt32BE(36) / 0x10000);
  const height = Math.round(own.readUInt32BE(40) / 0x10000);
  const isOnItsSide = own.readInt32BE(0) === 0 && own.readInt32BE(4) !== 0;
  const size = isOnItsSide ? { width: height, height: width } : { width, height };
  return { bytes: own, ...size, isOnItsSide };
}
