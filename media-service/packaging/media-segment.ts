import { CorruptError } from "../domain/errors";
import { box, fullBox, uint32, uint64 } from "./box-writer";
import { cutOff } from "./cut-off";
import { readFragments } from "./movie-fragment";
import { type SampleRun, shiftRun } from "./sample-run";
import { samplesOfSegment } from "./sample-segments";
import type { TrackHeader } from "./track-header";
import type { SegmentIndexEntry, TrackIndex } from "./track-index";

/** Data places count from the moof (ISO/IEC 14496-12, 8.8.7). */
const DEFAULT_BASE_IS_MOOF = 0x020000;
const DEFAULT_FLAGS_PRESENT = 0x20;
/** Fields of `trun` (8.8.8). */
const TRUN = {
  dataOffset: 0x1,
  duration: 0x100,
  size: 0x200,
  flags: 0x400,
  compositionOffset: 0x800,
};
/** Sample flags (8.8.3.1): depends on no other; depends on others and is no sync sample. */
const SYNC_FLAGS = 0x02000000;
const NON_SYNC_FLAGS = 0x01010000;

/**
 * The samples of a segment on the presentation's time line: what every form of output is made of.
 *
 * @param bytes - The segment's part of the file.
 * @throws CorruptError when it does not hold what the index says.
 */
export function samplesOf(track: TrackIndex, segmentIndex: number, bytes: Buffer): SampleRun {
  const { header, layout } = track;
  const segment = requireSegment(track, segmentIndex);
  const run =
    layout.form === "samples"
      ? samplesOfSegment(layout, segmentIndex, segment)
      : fragmentSamples(track, segment, bytes);
  if (!run) throw new CorruptError(`a segment holds no samples of track ${header.trackId}`);
  return shiftRun(run, layout.shift, header.kind);
}

function fragmentSamples(
  { header, layout }: TrackIndex,
  { offset }: SegmentIndexEntry,
  bytes: Buffer,
): SampleRun | undefined {
  if (layout.form !== "fragments") return undefined;
  const { trackId } = header;
  try {
    return readFragments(bytes, { trackId, defaults: layout.defaults, fileOffset: offset });
  } catch (error) {
    throw cutOff(error, "a fragment");
  }
}

/** Writes the boxes that come before a segment's `mdat`. */
export type SegmentHead = (track: TrackIndex, index: number, run: SampleRun) => Buffer;

/** A segment that is a head and then one part of the file as it lies there. */
export interface StraightSegment {
  readonly head: Buffer;
  /** Place of the part in the file. */
  readonly offset: number;
  readonly sizeBytes: number;
}

/**
 * A CMAF media segment (ISO/IEC 23000-19, 7.3.3): one `moof` and one `mdat`, or the fragment as it lies
 * in the file where nothing has to change.
 *
 * @param bytes - The segment's part of the file.
 * @throws CorruptError when it does not hold what the index says.
 */
export function mediaSegment(track: TrackIndex, index: number, bytes: Buffer): Buffer {
  if (bytes.length !== requireSegment(track, index).sizeBytes) {
    throw new CorruptError(`segment ${index} was read with ${bytes.length} bytes`);
  }
  if (isReady(track)) return bytes;
  return wrapSamples(track, index, { bytes, head: mediaHead });
}

/** The same without its bytes, where they follow one another in the file and need not be looked at. */
export function straightMediaSegment(
  track: TrackIndex,
  index: number,
): StraightSegment | undefined {
  const { offset, sizeBytes } = requireSegment(track, index);
  return isReady(track)
    ? { head: Buffer.alloc(0), offset, sizeBytes }
    : straightSegment(track, index, mediaHead);
}

/** A segment of a head, and its samples in a `mdat`. */
export function wrapSamples(
  track: TrackIndex,
  index: number,
  { bytes, head }: { readonly bytes: Buffer; readonly head: SegmentHead },
): Buffer {
  const run = samplesOf(track, index, bytes);
  const places = placesOf(run, bytes.length);
  return Buffer.concat([
    head(track, index, run),
    dataHeader(places),
    ...places.map(({ start, end }) => bytes.subarray(start, end)),
  ]);
}

/** The head of such a segment and where its samples are, if the index tells, and they lie together. */
export function straightSegment(
  track: TrackIndex,
  index: number,
  head: SegmentHead,
): StraightSegment | undefined {
  if (track.layout.form !== "samples") return undefined;
  const segment = requireSegment(track, index);
  // Where the index tells everything no bytes are needed.
  const run = samplesOf(track, index, Buffer.alloc(0));
  const places = placesOf(run, segment.sizeBytes);
  const [only] = places;
  if (!only || places.length > 1) return undefined;
  return {
    head: Buffer.concat([head(track, index, run), dataHeader(places)]),
    offset: segment.offset + only.start,
    sizeBytes: only.end - only.start,
  };
}

function isReady({ layout }: TrackIndex): boolean {
  return layout.form === "fragments" && layout.asIs;
}

function mediaHead({ header }: TrackIndex, index: number, run: SampleRun): Buffer {
  return movieFragment(header, run, index + 1);
}

function dataHeader(places: readonly Place[]): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(
    places.reduce((sum, { start, end }) => sum + end - start, 8),
    0,
  );
  header.write("mdat", 4, "latin1");
  return header;
}

function requireSegment({ segments }: TrackIndex, index: number): SegmentIndexEntry {
  const segment = segments[index];
  if (!segment) throw new RangeError(`there is no segment ${index}`);
  return segment;
}

/** The `moof` box of a run whose data follows in the next box. */
export function movieFragment(header: TrackHeader, run: SampleRun, sequence: number): Buffer {
  const samples = sampleList(header, run);
  const moof = box(
    "moof",
    fullBox({ type: "mfhd" }, uint32(sequence)),
    box(
      "traf",
      fullBox(
        { type: "tfhd", flags: DEFAULT_BASE_IS_MOOF | DEFAULT_FLAGS_PRESENT },
        uint32(header.trackId, header.kind === "video" ? NON_SYNC_FLAGS : SYNC_FLAGS),
      ),
      fullBox({ type: "tfdt", version: 1 }, uint64(run.baseDecodeTime)),
      runBox(header, run, samples),
    ),
  );
  // Where the data begins is known only now; it is told just before the samples, which come last.
  moof.writeInt32BE(moof.length + 8, moof.length - samples.length - 4);
  return moof;
}

/** The samples as they stand in their run. */
function sampleList({ kind }: TrackHeader, { samples }: SampleRun): Buffer {
  const video = kind === "video";
  const fields = video ? 4 : 2;
  const list = Buffer.alloc(samples.length * fields * 4);
  samples.forEach((sample, index) => {
    let at = list.writeUInt32BE(sample.duration, index * fields * 4);
    at = list.writeUInt32BE(sample.sizeBytes, at);
    if (!video) return;
    at = list.writeUInt32BE(sample.sync ? SYNC_FLAGS : NON_SYNC_FLAGS, at);
    list.writeInt32BE(sample.compositionOffset, at);
  });
  return list;
}

/** Where the data begins is left open. */
function runBox({ kind }: TrackHeader, { samples }: SampleRun, list: Buffer): Buffer {
  const video = kind === "video";
  return fullBox(
    {
      type: "trun",
      version: 1,
      flags:
        TRUN.dataOffset |
        TRUN.duration |
        TRUN.size |
        (video ? TRUN.flags | TRUN.compositionOffset : 0),
    },
    uint32(samples.length, 0),
    list,
  );
}

/** A part of a segment's bytes. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/** Where the samples' bytes are, in their order; what lies together is one place. */
function placesOf({ samples }: SampleRun, sizeBytes: number): Place[] {
  const places: Place[] = [];
  let start = 0;
  let end = 0;
  for (const sample of samples) {
    // One without bytes repeats what is shown; where it lies means nothing.
    if (sample.sizeBytes === 0) continue;
    if (sample.offset < 0 || sample.offset + sample.sizeBytes > sizeBytes) {
      throw new CorruptError("a sample lies outside of its segment");
    }
    if (sample.offset !== end) {
      if (end > start) places.push({ start, end });
      start = sample.offset;
    }
    end = sample.offset + sample.sizeBytes;
  }
  if (end > start) places.push({ start, end });
  return places;
}
