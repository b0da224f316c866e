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
  if (track.layout.form === "fragments" && track.layout.asIs) return bytes;
  const run = samplesOf(track, index, bytes);
  const payload = gather(run, bytes);
  const head = movieFragment(track.header, run, index + 1);
  const dataHeader = Buffer.alloc(8);
  dataHeader.writeUInt32BE(
    payload.reduce((sum, part) => sum + part.length, 8),
    0,
  );
  dataHeader.write("mdat", 4, "latin1");
  return Buffer.concat([head, dataHeader, ...payload]);
}

function requireSegment({ segments }: TrackIndex, index: number): SegmentIndexEntry {
  const segment = segments[index];
  if (!segment) throw new RangeError(`there is no segment ${index}`);
  return segment;
}

/** The `moof` box of a run whose data follows in the next box. */
export function movieFragment(header: TrackHeader, run: SampleRun, sequence: number): Buffer {
  const build = (moofBytes: number): Buffer =>
    box(
      "moof",
      fullBox({ type: "mfhd" }, uint32(sequence)),
      box(
        "traf",
        fullBox(
          { type: "tfhd", flags: DEFAULT_BASE_IS_MOOF | DEFAULT_FLAGS_PRESENT },
          uint32(header.trackId, header.kind === "video" ? NON_SYNC_FLAGS : SYNC_FLAGS),
        ),
        fullBox({ type: "tfdt", version: 1 }, uint64(run.baseDecodeTime)),
        runBox(header, run, moofBytes + 8),
      ),
    );
  return build(build(0).length);
}

function runBox({ kind }: TrackHeader, { samples }: SampleRun, dataOffset: number): Buffer {
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
    uint32(samples.length, dataOffset),
    list,
  );
}

/** The samples' bytes in their order; what lies together stays one part. */
function gather({ samples }: SampleRun, bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  let end = 0;
  for (const { offset, sizeBytes } of samples) {
    // One without bytes repeats what is shown; where it lies means nothing.
    if (sizeBytes === 0) continue;
    if (offset < 0 || offset + sizeBytes > bytes.length) {
      throw new CorruptError("a sample lies outside of its segment");
    }
    if (offset !== end) {
      if (end > start) parts.push(bytes.subarray(start, end));
      start = offset;
    }
    end = offset + sizeBytes;
  }
  if (end > start) parts.push(bytes.subarray(start, end));
  return parts;
}
