import { CorruptError } from "../domain/errors";
import { type Box, boxVersion, findBox, readUnsigned, requireBox } from "./box-reader";
import { readSampleEntry, type SampleEntry } from "./sample-entry";
import type { TrackKind } from "./server-manifest";

/** What a track is, without where its samples are. */
export interface TrackHeader {
  readonly kind: TrackKind;
  readonly trackId: number;
  /** Units a second of this track's times. */
  readonly timescale: number;
  /** ISO 639-2/T code, `und` when not told. */
  readonly language: string;
  readonly entry: SampleEntry;
  /**
   * What to take from a sample's composition time to get its presentation time, in the timescale: the
   * edit list's doing. Undefined when there is no edit list. Negative when the track starts late.
   */
  readonly editShift: number | undefined;
}

const KINDS: Readonly<Record<string, TrackKind>> = { vide: "video", soun: "audio" };

/**
 * Reads a `trak` box; undefined for tracks that are neither video nor audio.
 *
 * @param movieTimescale - Units a second of the edit list's durations.
 * @throws CorruptError when a required box is missing or can't be packaged.
 */
export function readTrackHeader(
  bytes: Buffer,
  trak: Box,
  movieTimescale: number,
): TrackHeader | undefined {
  const handler = requireBox(bytes, trak, "mdia/hdlr");
  const kind = KINDS[bytes.toString("latin1", handler.payload + 8, handler.payload + 12)];
  if (!kind) return undefined;

  const tkhd = requireBox(bytes, trak, "tkhd");
  const mdhd = requireBox(bytes, trak, "mdia/mdhd");
  const wide = boxVersion(bytes, mdhd) === 1;
  const timescale = bytes.readUInt32BE(mdhd.payload + (wide ? 20 : 12));
  if (timescale === 0) throw new CorruptError("a track has the timescale 0");
  const stsd = requireBox(bytes, trak, "mdia/minf/stbl/stsd");
  return {
    kind,
    trackId: bytes.readUInt32BE(tkhd.payload + (boxVersion(bytes, tkhd) === 1 ? 20 : 12)),
    timescale,
    language: readLanguage(bytes.readUInt16BE(mdhd.payload + (wide ? 32 : 20))),
    entry: readSampleEntry(bytes, stsd, kind),
    editShift: readEditShift(bytes, trak, timescale / movieTimescale),
  };
}

/** Three letters of five bits each (ISO/IEC 14496-12, 8.4.2). */
function readLanguage(packed: number): string {
  const letters = [packed >> 10, packed >> 5, packed].map((bits) => (bits & 0x1f) + 0x60);
  const language = String.fromCharCode(...letters);
  return /^[a-z]{3}$/.test(language) ? language : "und";
}

/**
 * Reads `elst` (ISO/IEC 14496-12, 8.6.6): empty edits, then one that begins inside the media.
 *
 * @throws CorruptError when the track is put together from several parts.
 */
function readEditShift(bytes: Buffer, trak: Box, perMovieUnit: number): number | undefined {
  const elst = findBox(bytes, trak, "edts/elst");
  if (!elst) return undefined;
  const wide = boxVersion(bytes, elst) === 1;
  const entryBytes = wide ? 20 : 12;
  const count = bytes.readUInt32BE(elst.payload + 4);
  let delay = 0;
  let shift: number | undefined;
  for (let index = 0; index < count; index++) {
    const offset = elst.payload + 8 + index * entryBytes;
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
