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
  const entries = elst ? readEntries(bytes, elst) : [];
  const shown = entries.filter(({ mediaTime }) => mediaTime >= 0);
  const [edit] = shown;
  if (!edit) return undefined;
  if (shown.length > 1) {
    throw new CorruptError("a track's edit list joins several parts; it can't be packaged");
  }
  const { duration, mediaTime } = edit;
  const delay = entries
    .slice(0, entries.indexOf(edit))
    .reduce((sum, pause) => sum + pause.duration, 0);
  return {
    shift: mediaTime - Math.round(delay * perMovieUnit),
    // A duration of 0 stands for all that there is.
    end: duration > 0 ? mediaTime + Math.round(duration * perMovieUnit) : undefined,
  };
}

interface Entry {
  /** In the movie's units. */
  readonly duration: number;
  /** In the track's; negative for a pause. */
  readonly mediaTime: number;
}

function readEntries(bytes: Buffer, elst: Box): Entry[] {
  const wide = boxVersion(bytes, elst) === 1;
  const entryBytes = wide ? 20 : 12;
  const count = bytes.readUInt32BE(elst.payload + 4);
  const first = elst.payload + 8;
  if (first + count * entryBytes > elst.end) throw new CorruptError("an edit list ends too early");
  return Array.from({ length: count }, (_, index) => {
    const offset = first + index * entryBytes;
    return {
      duration: readUnsigned(bytes, offset, wide),
      mediaTime: wide ? Number(bytes.readBigInt64BE(offset + 8)) : bytes.readInt32BE(offset + 4),
    };
  });
}
