import { CorruptError } from "../domain/errors";
import { boxesOfType, requireBox } from "./box-reader";
import type { ByteSource } from "./byte-source";
import { indexFragments } from "./fragment-segments";
import { walkFragments } from "./fragment-walk";
import { type IndexBoxes, loadBox, type LoadedBox, readHeaderAt } from "./index-boxes";
import {
  type FragmentDefaults,
  isRelocatable,
  readDefaults,
  readFragments,
} from "./movie-fragment";
import type { SampleRun } from "./sample-run";
import { readSegmentIndex, type SegmentIndex, type SegmentReference } from "./segment-index";
import type { TrackHeader } from "./track-header";
import type { TrackIndex } from "./track-index";

/** A track whose fragments are to be listed, with what its samples do not say themselves. */
interface FragmentedTrack {
  readonly header: TrackHeader;
  readonly defaults: FragmentDefaults;
}

/** Boxes that hold media, or tell where it is: an index that ends before one of them is not whole. */
const MEDIA_BOXES = new Set(["moof", "mdat", "sidx", "styp"]);

/**
 * Lists the segments of the tracks of a fragmented file: by `sidx` where one lists all of the only
 * track, else by looking at each fragment.
 *
 * @throws CorruptError when the file is cut off or damaged, or a track has no fragments.
 */
export async function indexFragmentedTracks(
  source: ByteSource,
  boxes: IndexBoxes,
  headers: readonly TrackHeader[],
): Promise<TrackIndex[]> {
  const { bytes, box } = boxes.moov;
  const mvex = requireBox(bytes, box, "mvex");
  const tracks = headers.map((header) => ({
    header,
    defaults: readDefaults(bytes, mvex, header.trackId),
  }));
  const [only] = tracks;
  const isAlone = boxesOfType(bytes, box, "trak").length === 1;
  const index = isAlone ? await wholeIndex(source, boxes) : undefined;
  if (only && index) return [indexListed(source, boxes, { ...only, index })];
  return indexFound(source, boxes, tracks);
}

/** The first `sidx`, if it lists everything up to the file's end. */
async function wholeIndex(
  source: ByteSource,
  { sidx }: IndexBoxes,
): Promise<SegmentIndex | undefined> {
  const [first] = sidx;
  if (!first) return undefined;
  const index = readSegmentIndex(first.bytes, first.box, first.start + first.bytes.length);
  const last = index?.references.at(-1);
  if (!last) return undefined;
  const end = last.offset + last.sizeBytes;
  if (source.sizeBytes - end < 8) return index;
  const { type } = await readHeaderAt(source, end);
  return MEDIA_BOXES.has(type) ? undefined : index;
}

function indexListed(
  source: ByteSource,
  { moof, firstDataBytes }: IndexBoxes,
  { header, defaults, index }: FragmentedTrack & { index: SegmentIndex },
): TrackIndex {
  if (!moof) throw new CorruptError("the file has an index but no fragments: it is cut off");
  return indexFragments({
    header,
    index,
    fileBytes: source.sizeBytes,
    defaults,
    cleanFragments: isRelocatable(moof.bytes, moof.box),
    firstRun: requireRun(moof, { header, defaults }),
    firstRunIsWhole: index.references[0]?.sizeBytes === moof.bytes.length + firstDataBytes,
  });
}

async function indexFound(
  source: ByteSource,
  { moof }: IndexBoxes,
  tracks: readonly FragmentedTrack[],
): Promise<TrackIndex[]> {
  const found = await walkFragments(
    source,
    moof?.start ?? 0,
    tracks.map(({ header, defaults }) => ({ trackId: header.trackId, defaults })),
  );
  return Promise.all(
    tracks.map(async ({ header, defaults }) => {
      const references = found.get(header.trackId) ?? [];
      const firstRun = await readFirstRun(source, references, { header, defaults });
      return indexFragments({
        header,
        index: { timescale: header.timescale, references },
        fileBytes: source.sizeBytes,
        defaults,
        // They may hold other tracks, or bytes of none: what goes out is written anew.
        cleanFragments: false,
        firstRun,
        firstRunIsWhole: true,
      });
    }),
  );
}

async function readFirstRun(
  source: ByteSource,
  [first]: readonly SegmentReference[],
  track: FragmentedTrack,
): Promise<SampleRun> {
  if (!first) throw new CorruptError(`track ${track.header.trackId} has no fragments`);
  const header = await readHeaderAt(source, first.offset);
  return requireRun(await loadBox(source, first.offset, header), track);
}

function requireRun({ bytes, start }: LoadedBox, { header, defaults }: FragmentedTrack): SampleRun {
  const { trackId } = header;
  const run = readFragments(bytes, { trackId, defaults, fileOffset: start });
  if (!run) throw new CorruptError(`the first fragment holds no samples of track ${trackId}`);
  return run;
}
