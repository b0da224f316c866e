import { CorruptError, MediaError } from "../domain/errors";
import {
  type Box,
  type BoxHeader,
  boxesOfType,
  boxVersion,
  findBox,
  MAX_BOX_HEADER_BYTES,
  readBoxHeader,
  requireBox,
} from "./box-reader";
import type { ByteSource } from "./byte-source";
import { indexFragments } from "./fragment-segments";
import { type FragmentDefaults, readFragments } from "./movie-fragment";
import { indexSamples } from "./sample-segments";
import { readSampleTable, sampleTableBytes } from "./sample-table";
import { readSegmentIndex, type SegmentIndex } from "./segment-index";
import { readTrackHeader, type TrackHeader } from "./track-header";
import type { TrackIndex } from "./track-index";

/** What has to be known of a media file to cut segments from it. */
export interface MovieIndex {
  readonly tracks: readonly TrackIndex[];
  /** Roughly what the index takes in memory. */
  readonly memoryBytes: number;
}

/** The first read: holds the whole index of most CMAF files, and the first boxes of any. */
const HEAD_BYTES = 64 * 1024;
/** Index boxes larger than this are refused: a day of video needs less. */
const MAX_INDEX_BOX_BYTES = 256 * 1024 * 1024;
const MAX_TOP_LEVEL_BOXES = 1000;
const SEGMENT_ENTRY_BYTES = 96;

/** A box that was read whole, with its place in the file. */
interface LoadedBox {
  readonly bytes: Buffer;
  readonly box: Box;
  readonly start: number;
}

/** The boxes of a file that its index is made of. */
interface IndexBoxes {
  moov?: LoadedBox;
  readonly sidx: LoadedBox[];
  moof?: LoadedBox;
  /** Size of the `mdat` right after `moof`. */
  firstDataBytes: number;
}

/**
 * Reads the index of a progressive MP4 (index in front or at the back, tracks interleaved or not) or of
 * a fragmented one with `sidx`, by a few small reads.
 *
 * @throws CorruptError when the file is damaged, cut off, or of a form that can't be packaged.
 */
export async function readMovieIndex(source: ByteSource): Promise<MovieIndex> {
  const boxes = await readIndexBoxes(source);
  try {
    return indexMovie(boxes, source.sizeBytes);
  } catch (error) {
    if (error instanceof MediaError) throw error;
    if (error instanceof RangeError) {
      throw new CorruptError("the file's index ends too early", { cause: error });
    }
    throw error;
  }
}

async function readIndexBoxes(source: ByteSource): Promise<IndexBoxes> {
  const head = await source.read(0, Math.min(HEAD_BYTES, source.sizeBytes));
  const read = (offset: number, sizeBytes: number): Promise<Buffer> =>
    offset + sizeBytes <= head.length
      ? Promise.resolve(head.subarray(offset, offset + sizeBytes))
      : source.read(offset, sizeBytes);
  const boxes: IndexBoxes = { sidx: [], firstDataBytes: 0 };
  let start = 0;
  for (let count = 0; source.sizeBytes - start >= 8; count++) {
    if (count === MAX_TOP_LEVEL_BOXES)
      throw new CorruptError("the file's index is not at its front or back");
    const remaining = source.sizeBytes - start;
    const bytes = await read(start, Math.min(MAX_BOX_HEADER_BYTES, remaining));
    const header = readBoxHeader(bytes, 0, remaining);
    const done = await collect(boxes, header, () => load(read, start, header));
    if (done) break;
    start += header.sizeBytes;
  }
  return boxes;
}

/** Keeps a top-level box if the index needs it; true when nothing more is needed. */
async function collect(
  boxes: IndexBoxes,
  header: BoxHeader,
  loadBox: () => Promise<LoadedBox>,
): Promise<boolean> {
  if (header.type === "moov") boxes.moov = await loadBox();
  if (header.type === "sidx") boxes.sidx.push(await loadBox());
  if (header.type === "moof") boxes.moof = await loadBox();
  if (header.type === "mdat" && boxes.moof) {
    boxes.firstDataBytes = header.sizeBytes;
    return true;
  }
  return false;
}

async function load(
  read: ByteSource["read"],
  start: number,
  { type, headerBytes, sizeBytes }: BoxHeader,
): Promise<LoadedBox> {
  if (sizeBytes > MAX_INDEX_BOX_BYTES) {
    throw new CorruptError(`the box '${type}' of ${sizeBytes} bytes is too large for an index`);
  }
  const bytes = await read(start, sizeBytes);
  const box = { type, start: 0, payload: headerBytes, end: sizeBytes };
  return { bytes, box, start };
}

function indexMovie(boxes: IndexBoxes, fileBytes: number): MovieIndex {
  const { moov } = boxes;
  if (!moov) throw new CorruptError("the file has no 'moov' box: it is no MP4, or is cut off");
  const { bytes } = moov;
  const mvhd = requireBox(bytes, moov.box, "mvhd");
  const movieTimescale = bytes.readUInt32BE(
    mvhd.payload + (boxVersion(bytes, mvhd) === 1 ? 20 : 12),
  );
  const traks = boxesOfType(bytes, moov.box, "trak");
  const mvex = findBox(bytes, moov.box, "mvex");
  let memoryBytes = 0;
  const tracks: TrackIndex[] = [];
  for (const trak of traks) {
    const header = readTrackHeader(bytes, trak, movieTimescale);
    if (!header) continue;
    const track = mvex
      ? indexFragmentedTrack({ boxes, header, fileBytes, shared: traks.length > 1, mvex, moov })
      : indexSamples(
          header,
          readSampleTable(bytes, requireBox(bytes, trak, "mdia/minf/stbl")),
          fileBytes,
        );
    memoryBytes += track.segments.length * SEGMENT_ENTRY_BYTES;
    if (track.layout.form === "samples") memoryBytes += sampleTableBytes(track.layout.table);
    tracks.push(track);
  }
  if (tracks.length === 0) throw new CorruptError("the file has neither video nor audio");
  return { tracks, memoryBytes };
}

function indexFragmentedTrack(input: {
  boxes: IndexBoxes;
  header: TrackHeader;
  fileBytes: number;
  shared: boolean;
  mvex: Box;
  moov: LoadedBox;
}): TrackIndex {
  const { boxes, header, fileBytes, shared } = input;
  const { moof } = boxes;
  const index = segmentIndexFor(boxes, header.trackId, shared);
  if (!moof) throw new CorruptError("the file has an index but no fragments: it is cut off");
  const defaults = readDefaults(input.moov.bytes, input.mvex, header.trackId);
  const firstRun = readFragments(moof.bytes, header.trackId, defaults);
  const wholeBytes = moof.bytes.length + boxes.firstDataBytes;
  return indexFragments({
    header,
    index,
    fileBytes,
    defaults,
    shared,
    firstRun,
    firstRunIsWhole: index.references[0]?.sizeBytes === wholeBytes,
  });
}

function segmentIndexFor(boxes: IndexBoxes, trackId: number, shared: boolean): SegmentIndex {
  const indexes = boxes.sidx.map(({ bytes, box, start }) =>
    readSegmentIndex(bytes, box, start + bytes.length),
  );
  const own = indexes.find(({ referenceId }) => referenceId === trackId);
  const index = own ?? (shared ? undefined : indexes[0]);
  if (!index) {
    throw new CorruptError(
      `track ${trackId} is fragmented without a 'sidx' index; write the file with a global one (ffmpeg: -movflags +global_sidx)`,
    );
  }
  return index;
}

function readDefaults(bytes: Buffer, mvex: Box, trackId: number): FragmentDefaults {
  for (const trex of boxesOfType(bytes, mvex, "trex")) {
    if (bytes.readUInt32BE(trex.payload + 4) !== trackId) continue;
    return {
      duration: bytes.readUInt32BE(trex.payload + 12),
      size: bytes.readUInt32BE(trex.payload + 16),
      flags: bytes.readUInt32BE(trex.payload + 20),
    };
  }
  throw new CorruptError(`fragmented track ${trackId} has no 'trex' box`);
}
