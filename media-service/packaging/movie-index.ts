import { CorruptError } from "../domain/errors";
import { type Box, boxesOfType, boxVersion, findBox, requireBox } from "./box-reader";
import type { ByteSource } from "./byte-source";
import { cutOff } from "./cut-off";
import { indexFragmentedTracks } from "./fragmented-movie";
import { type IndexBoxes, readIndexBoxes } from "./index-boxes";
import { indexSamples } from "./sample-segments";
import { readSampleTable, sampleCount, sampleTableBytes } from "./sample-table";
import type { TrackKind } from "./server-manifest";
import { readTrackHeader, readTrackId, readTrackKind, type TrackHeader } from "./track-header";
import type { TrackIndex } from "./track-index";

/** What has to be known of a media file to cut segments from it. */
export interface MovieIndex {
  readonly tracks: readonly TrackIndex[];
  /** Tracks that can't be packaged. They matter only where they are asked for. */
  readonly refused: readonly RefusedTrack[];
  /** Roughly what the index takes in memory. */
  readonly memoryBytes: number;
}

/** A track of a kind that is known, and what is wrong with it. */
export interface RefusedTrack {
  readonly kind: TrackKind;
  readonly trackId: number;
  readonly why: string;
}

/** A track's header beside the box that it was read from. */
interface ReadTrack {
  readonly header: TrackHeader;
  readonly stbl: Box;
}

const SEGMENT_ENTRY_BYTES = 96;

/**
 * Reads the index of a progressive MP4 (index in front or at the back, tracks interleaved or not) or of
 * a fragmented one (with or without `sidx`), by a few small reads.
 *
 * @throws CorruptError when the file is damaged, cut off, or of a form that can't be packaged.
 */
export async function readMovieIndex(source: ByteSource): Promise<MovieIndex> {
  try {
    return await indexMovie(source, await readIndexBoxes(source));
  } catch (error) {
    throw cutOff(error, "the file's index");
  }
}

async function indexMovie(source: ByteSource, boxes: IndexBoxes): Promise<MovieIndex> {
  const { bytes, box } = boxes.moov;
  const { tracks: read, refused } = readTracks(bytes, box);
  const isFragmented = boxes.moof !== undefined && findBox(bytes, box, "mvex") !== undefined;
  if (isFragmented && read.some(({ stbl }) => sampleCount(bytes, stbl) > 0)) {
    throw new CorruptError(
      "the file begins progressive and goes on in fragments; write it again in one form (ffmpeg: -movflags +cmaf or +faststart)",
    );
  }
  const tracks = isFragmented
    ? await indexFragmentedTracks(
        source,
        boxes,
        read.map(({ header }) => header),
      )
    : read.map(({ header, stbl }) =>
        indexSamples(header, readSampleTable(bytes, stbl, source.sizeBytes), source.sizeBytes),
      );
  return { tracks, refused, memoryBytes: tracks.reduce((sum, one) => sum + trackBytes(one), 0) };
}

function readTracks(
  bytes: Buffer,
  moov: Box,
): { tracks: readonly ReadTrack[]; refused: readonly RefusedTrack[] } {
  const mvhd = requireBox(bytes, moov, "mvhd");
  const movieTimescale = bytes.readUInt32BE(
    mvhd.payload + (boxVersion(bytes, mvhd) === 1 ? 20 : 12),
  );
  const tracks: ReadTrack[] = [];
  const refused: RefusedTrack[] = [];
  let reason: CorruptError | undefined;
  for (const trak of boxesOfType(bytes, moov, "trak")) {
    const kind = readTrackKind(bytes, trak);
    if (!kind) continue;
    try {
      const header = readTrackHeader(bytes, trak, { kind, movieTimescale });
      tracks.push({ header, stbl: requireBox(bytes, trak, "mdia/minf/stbl") });
    } catch (error) {
      if (!(error instanceof CorruptError)) throw error;
      reason ??= error;
      refused.push({ kind, trackId: readTrackId(bytes, trak), why: error.message });
    }
  }
  // One good track is enough: a picture of the cover, or sound that no player knows, hurts nobody.
  if (tracks.length === 0) throw reason ?? new CorruptError("the file has neither video nor audio");
  return { tracks, refused };
}

function trackBytes({ segments, layout }: TrackIndex): number {
  const table = layout.form === "samples" ? sampleTableBytes(layout.table) : 0;
  return table + segments.length * SEGMENT_ENTRY_BYTES;
}
