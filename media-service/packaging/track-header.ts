import { CorruptError } from "../domain/errors";
import { type Box, boxVersion, requireBox } from "./box-reader";
import { type Display, readDisplay } from "./display";
import { type Edit, readEdit } from "./edit-list";
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
  readonly display: Display;
  /** Undefined when there is no edit list. */
  readonly edit: Edit | undefined;
}

const KINDS: Readonly<Record<string, TrackKind>> = { vide: "video", soun: "audio" };

/** What a `trak` box carries; undefined for tracks that are neither video nor audio. */
export function readTrackKind(bytes: Buffer, trak: Box): TrackKind | undefined {
  const handler = requireBox(bytes, trak, "mdia/hdlr");
  return KINDS[bytes.toString("latin1", handler.payload + 8, handler.payload + 12)];
}

/** The number that a `trak` box has in its file. */
export function readTrackId(bytes: Buffer, trak: Box): number {
  const tkhd = requireBox(bytes, trak, "tkhd");
  return bytes.readUInt32BE(tkhd.payload + (boxVersion(bytes, tkhd) === 1 ? 20 : 12));
}

/**
 * Reads a `trak` box of a kind.
 *
 * @param movieTimescale - Units a second of the edit list's durations.
 * @throws CorruptError when a required box is missing or can't be packaged.
 */
export function readTrackHeader(
  bytes: Buffer,
  trak: Box,
  { kind, movieTimescale }: { kind: TrackKind; movieTimescale: number },
): TrackHeader {
  const mdhd = requireBox(bytes, trak, "mdia/mdhd");
  const wide = boxVersion(bytes, mdhd) === 1;
  const timescale = bytes.readUInt32BE(mdhd.payload + (wide ? 20 : 12));
  if (timescale === 0) throw new CorruptError("a track has the timescale 0");
  const stsd = requireBox(bytes, trak, "mdia/minf/stbl/stsd");
  const entry = readSampleEntry(bytes, stsd, kind);
  const display = readDisplay(bytes, requireBox(bytes, trak, "tkhd"));
  const { width, height } = display.width > 0 && display.height > 0 ? display : entry;
  return {
    kind,
    trackId: readTrackId(bytes, trak),
    timescale,
    language: readLanguage(bytes.readUInt16BE(mdhd.payload + (wide ? 32 : 20))),
    entry: { ...entry, ...(kind === "video" ? { width, height } : {}) },
    display,
    edit: readEdit(bytes, trak, timescale / movieTimescale),
  };
}

/** Three letters of five bits each (ISO/IEC 14496-12, 8.4.2); `und` for none. */
export function readLanguage(packed: number): string {
  const letters = [packed >> 10, packed >> 5, packed].map((bits) => (bits & 0x1f) + 0x60);
  const language = String.fromCharCode(...letters);
  return /^[a-z]{3}$/.test(language) ? language : "und";
}
