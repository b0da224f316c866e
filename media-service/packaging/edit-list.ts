import { CorruptError } from "../domain/errors";
import { type Box, boxVersion, findBox, readUnsigned } from "./box-reader";

/**
 * Reads `elst` (ISO/IEC 14496-12, 8.6.6): empty edits, then one that begins inside the media.
 *
 * @param perMovieUnit - Units of the track's timescale in one of the movie's.
 * @returns What to take from composition times, in the track's timescale; undefined without a list.
 * @throws CorruptError when the track is put together from several parts.
 */
export function readEditShift(bytes: Buffer, trak: Box, perMovieUnit: number): number | undefined {
  const elst = findBox(bytes, trak, "edts/elst");
  if (!elst) return undefined;
  const wide = boxVersion(bytes, elst) === 1;
  const entryBytes = wide ? 20 : 12;
  const count = bytes.readUInt32BE(elst.payload + 4);
  let delay = 0;
  let shift: number | undefined;
  for (let index = 0; index < count; index++) {
    const offset = elst.payload + 8 + index * entryBytes;
    if (offset + entryBytes > elst.end) throw new CorruptError("an edit list ends too early");
    const mediaTime = wide
      ? Number(bytes.readBigInt64BE(offset + 8))
      : bytes.readInt32BE(offset + 4);
    if (mediaTime >= 0 && shift !== undefined) {
      throw new CorruptError("a track's edit list joins several parts; it can't be packaged");
    }
    if (mediaTime >= 0) shift = mediaTime - Math.round(delay * perMovieUnit);
    else if (shift === undefined) delay += readUnsigned(bytes, offset, wide);
  }
  return shift;
}
