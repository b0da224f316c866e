import pLimit from "p-limit";
import { CorruptError, MediaError } from "../domain/errors";
import type { ByteSource } from "./byte-source";
import { loadBox, readHeaderAt } from "./index-boxes";
import { readFragments, type FragmentDefaults } from "./movie-fragment";
import { readFragmentPlaces } from "./random-access";
import { earliestPresentation, runDuration } from "./sample-run";
import type { SegmentReference } from "./segment-index";
import { WindowedSource } from "./windowed-source";

/** A track whose fragments are looked for. */
export interface WalkedTrack {
  readonly trackId: number;
  readonly defaults: FragmentDefaults;
}

/** A part of the file that begins with a box. */
interface Region {
  readonly start: number;
  readonly end: number;
}

/** A fragment of one track. */
interface Found {
  readonly trackId: number;
  readonly reference: SegmentReference;
}

/** Twelve hours of fragments of half a second. */
const MAX_FRAGMENTS = 90_000;
const READS_AT_ONCE = 8;
/** One read takes in several fragments of sound, or one of video with its header. */
const WINDOW_BYTES = 128 * 1024;
/** Where it is known where fragments begin, only their headers are read. */
const HEADER_WINDOW_BYTES = 16 * 1024;

/**
 * Finds the fragments of a file that has no usable `sidx`: by its `mfra` where there is one, else one
 * box after the other.
 *
 * @param start - Place of the first `moof`.
 * @returns Fragments by track in the order of the file, in media time; tracks without any are not in it.
 * @throws CorruptError when the file is cut off, damaged, or has more fragments than can be listed.
 */
export async function walkFragments(
  source: ByteSource,
  start: number,
  tracks: readonly WalkedTrack[],
): Promise<Map<number, SegmentReference[]>> {
  const places = (await readFragmentPlaces(source)).filter((place) => place > start);
  const whole = { start, end: source.sizeBytes };
  if (places.length === 0 || places.length > MAX_FRAGMENTS) {
    return byTrack(await walkRegion(source, whole, tracks));
  }
  try {
    return byTrack(await walkRegions(source, [start, ...places], tracks));
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    // The list led to where no box begins: it is out of date.
    return byTrack(await walkRegion(source, whole, tracks));
  }
}

async function walkRegions(
  source: ByteSource,
  starts: readonly number[],
  tracks: readonly WalkedTrack[],
): Promise<Found[]> {
  const limit = pLimit(READS_AT_ONCE);
  const found = await Promise.all(
    starts.map((start, index) => {
      const region = { start, end: starts[index + 1] ?? source.sizeBytes };
      return limit(() => walkRegion(source, region, tracks));
    }),
  );
  return found.flat();
}

async function walkRegion(
  source: ByteSource,
  { start, end }: Region,
  tracks: readonly WalkedTrack[],
): Promise<Found[]> {
  const isWhole = end === source.sizeBytes;
  const windowed = new WindowedSource(source, isWhole ? WINDOW_BYTES : HEADER_WINDOW_BYTES);
  const found: Found[] = [];
  let at = start;
  while (end - at >= 8) {
    const header = await readHeaderAt(windowed, at);
    if (header.type === "moof") {
      const { bytes } = await loadBox(windowed, at, header);
      found.push(...readMoof(bytes, at, tracks));
      if (found.length > MAX_FRAGMENTS) {
        throw new CorruptError(`the file has more than ${MAX_FRAGMENTS} fragments`);
      }
    }
    at += header.sizeBytes;
  }
  if (!isWhole && at !== end) throw new CorruptError("'mfra' names a place where no box begins");
  return found;
}

function readMoof(bytes: Buffer, start: number, tracks: readonly WalkedTrack[]): Found[] {
  return tracks.flatMap(({ trackId, defaults }) => {
    const run = readFragments(bytes, { trackId, defaults, fileOffset: start });
    if (!run) return [];
    if (run.samples.some(({ offset }) => offset < 0)) {
      throw new CorruptError("a fragment's data lies before it; that can't be packaged");
    }
    const reference = {
      offset: start,
      sizeBytes: run.samples.reduce(
        (highest, { offset, sizeBytes }) => Math.max(highest, offset + sizeBytes),
        bytes.length,
      ),
      mediaBytes: run.samples.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      time: earliestPresentation(run),
      duration: runDuration(run),
      startsWithSap: run.samples[0]?.sync === true,
    };
    return [{ trackId, reference }];
  });
}

function byTrack(found: readonly Found[]): Map<number, SegmentReference[]> {
  const tracks = new Map<number, SegmentReference[]>();
  for (const { trackId, reference } of found) {
    const references = tracks.get(trackId);
    if (references) references.push(reference);
    else tracks.set(trackId, [reference]);
  }
  return tracks;
}
