import { CorruptError } from "../domain/errors";
import { type Box, boxVersion, findBox, readUnsigned } from "./box-reader";

/** What an edit list leaves of a track, in the track's timescale. */
export interface Edit {
  /** What to take from composition times. Negative when the track starts late. */
  readonly shift: number;
  /** Composition time from which on nothing is shown any more; undefined when all is. */
  readonly end: number | undefined;
}

/**
 * Reads `elst` (ISO/IEC 14496-12, 8.6.6): empty edits, then one that begins inside the media.
 *
 * @param perMovieUnit - Units of the track's timescale in one of the movie's.
 * @returns undefined without a list.
 * @throws CorruptError when the track is put together from several parts.
 */
export function readEdit(bytes: Buffer, trak: Box, perMovieUnit: number): Edit | undefined {
  const elst = findBox(bytes, trak, "edts/elst");
  if (!elst) return undefined;
  const wide = boxVersion(bytes, elst) === 1;
  const entryBytes = wide ? 20 : 12;
  const count = bytes.readUInt32BE(elst.payload + 4);
  let delay = 0;
  let edit: Edit | undefined;
  for (let index = 0; index < count; index++) {
    const offset = elst.payload + 8 + index * entryBytes;
    if (offset + entryBytes > elst.end) throw new CorruptError("an edit list ends too early");
    const duration = readUnsigned(bytes, offset, wide);
    const mediaTime = wide
      ? Number(bytes.readBigInt64BE(offset + 8))
      : bytes.readInt32BE(offset + 4);
    if (mediaTime >= 0 && edit !== undefined) {
      throw new CorruptError("a track's edit list joins several parts; it can't be packaged");
    }
    if (mediaTime >= 0) {
      const shift = mediaTime - Math.round(delay * perMovieUnit);
      // A duration of 0 stands for all that there is.
      const end = duration > 0 ? mediaTime + Math.round(duration * perMovieUnit) : undefined;
      edit = { shift, end };
    } else if (edit === undefined) delay += duration;
  }
  return edit;
}
