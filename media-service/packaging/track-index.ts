import { TICKS_PER_SECOND } from "./time";
import type { TrackHeader } from "./track-header";
import type { SampleTable } from "./sample-table";
import type { FragmentDefaults } from "./movie-fragment";

/** A segment of a track: what one request gets. */
export interface SegmentIndexEntry {
  /** Earliest presentation time, in 100 ns: the `T` of segment URLs. */
  readonly time: number;
  /** Up to the next segment's time, in 100 ns. */
  readonly duration: number;
  /** The one part of the file that holds it all. */
  readonly offset: number;
  readonly sizeBytes: number;
  /** Bytes of the track in it; less than `sizeBytes` where other tracks lie between. */
  readonly mediaBytes: number;
}

/** A progressive track: samples anywhere in the file, told by its tables. */
export interface SampleLayout {
  readonly form: "samples";
  readonly table: SampleTable;
  /** First sample of each segment, and one past the last. */
  readonly firstSamples: Uint32Array;
  /** Taken from composition times, in the timescale. */
  readonly shift: number;
}

/** A fragmented track: segments lie ready in the file, told by `sidx`. */
export interface FragmentLayout {
  readonly form: "fragments";
  readonly defaults: FragmentDefaults;
  /** Taken from composition times, in the timescale. */
  readonly shift: number;
  /** Lowest composition offset of the first fragment, in the timescale. */
  readonly lowestOffset: number;
  /** Whether segments go out as they lie in the file. */
  readonly asIs: boolean;
}

/** A track, ready for segments to be cut from it. */
export interface TrackIndex {
  readonly header: TrackHeader;
  readonly segments: readonly SegmentIndexEntry[];
  readonly layout: SampleLayout | FragmentLayout;
  /** Frames a second of video; 0 when not known. */
  readonly frameRate: number;
}

/** Mean and highest rate of a track's segments, in bits a second, without what packaging adds. */
export function bitratesOf({ segments }: Pick<TrackIndex, "segments">): {
  average: number;
  peak: number;
} {
  let bytes = 0;
  let duration = 0;
  let peak = 0;
  for (const segment of segments) {
    bytes += segment.mediaBytes;
    duration += segment.duration;
    peak = Math.max(peak, rate(segment.mediaBytes, segment.duration));
  }
  return { average: rate(bytes, duration), peak };
}

function rate(bytes: number, ticks: number): number {
  return ticks > 0 ? Math.round((bytes * 8 * TICKS_PER_SECOND) / ticks) : 0;
}

/** Number of the segment that begins at a time, or -1. */
export function segmentAt({ segments }: Pick<TrackIndex, "segments">, time: number): number {
  let low = 0;
  let high = segments.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = segments[middle]?.time ?? 0;
    if (found === time) return middle;
    if (found < time) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
