import { CorruptError } from "../domain/errors";
import { earliestPresentation, runDuration, type SampleRun, shiftRun } from "./sample-run";
import type { SegmentIndex, SegmentReference } from "./segment-index";
import type { TrackKind } from "./server-manifest";
import { toTicks } from "./time";
import type { TrackHeader } from "./track-header";
import type { FragmentLayout, SegmentIndexEntry, TrackIndex } from "./track-index";

/** Fragments shorter than this are put together: one request each would be too many. */
const MIN_SEGMENT_SECONDS = 1;
/** A segment is read at once, so its size has to have a bound. */
const MAX_SEGMENT_BYTES = 128 * 1024 * 1024;

/** What is known of a fragmented track before its segments are listed. */
export interface FragmentedTrack {
  readonly header: TrackHeader;
  readonly index: SegmentIndex;
  readonly fileBytes: number;
  readonly defaults: FragmentLayout["defaults"];
  /** Whether fragments may go out as they lie in the file. */
  readonly cleanFragments: boolean;
  /** The track's first fragment, in media time. */
  readonly firstRun: SampleRun;
  /** Whether that fragment is all that the first reference covers. */
  readonly firstRunIsWhole: boolean;
}

/**
 * Lists the segments of a fragmented track by its index.
 *
 * Two time lines are brought together. Fragments (`tfdt`) count media time; `sidx` should count
 * presentation time but some writers put media time there. And FFmpeg, writing CMAF, leaves out the
 * edit list that takes off the priming of AAC while its `sidx` has it taken off. The first fragment
 * tells how far the two are apart.
 *
 * @throws CorruptError when the index reaches past the file's end.
 */
export function indexFragments(track: FragmentedTrack): TrackIndex {
  const { header, index, defaults, firstRun } = track;
  const apart = mediaTimeLessIndexTime(track);
  const shift = header.edit?.shift ?? apart;
  const layout: FragmentLayout = {
    form: "fragments",
    defaults,
    shift,
    lowestOffset: firstRun.samples.reduce(
      (lowest, { compositionOffset }) => Math.min(lowest, compositionOffset),
      firstRun.samples[0]?.compositionOffset ?? 0,
    ),
    asIs: shift === 0 && track.cleanFragments,
  };
  const correction = ((apart - shift) / header.timescale) * index.timescale;
  const segments = listSegments(track, {
    firstTicks: toTicks(firstTime(firstRun, shift, header.kind), header.timescale),
    ticksOf: (time) => toTicks(time + correction, index.timescale),
  });
  const seconds = runDuration(firstRun) / header.timescale;
  const frameRate = header.kind === "video" && seconds > 0 ? firstRun.samples.length / seconds : 0;
  return { header, segments, layout, frameRate };
}

/** When a track begins to be presented: sound with its first frame that is not before time 0. */
function firstTime(firstRun: SampleRun, shift: number, kind: TrackKind): number {
  const shifted = shiftRun(firstRun, shift, kind);
  if (shifted.samples.length > 0) return Math.max(0, earliestPresentation(shifted));
  const frame = firstRun.samples.at(-1)?.duration ?? 0;
  let time = shifted.baseDecodeTime;
  while (time < 0 && frame > 0) time += frame;
  return Math.max(0, time);
}

function mediaTimeLessIndexTime(track: FragmentedTrack): number {
  const { header, index, firstRun, firstRunIsWhole } = track;
  const [first] = index.references;
  if (!first) return 0;
  const toMedia = (time: number): number => Math.round((time / index.timescale) * header.timescale);
  const start = earliestPresentation(firstRun);
  // Ends are compared where they can be: a beginning before time 0 is cut off in the index.
  return firstRunIsWhole
    ? start + runDuration(firstRun) - toMedia(first.time + first.duration)
    : start - toMedia(first.time);
}

function listSegments(
  { header, index, fileBytes }: FragmentedTrack,
  { firstTicks, ticksOf }: { firstTicks: number; ticksOf: (time: number) => number },
): SegmentIndexEntry[] {
  const groups = segmentGroups(index, header.kind === "audio").map(summarize);
  const ends = groups.map(({ end }, at) => ticksOf(groups[at + 1]?.time ?? end));
  const skipped = ends.findIndex((end) => end > 0);
  return groups.slice(Math.max(0, skipped)).map((group, at) => {
    const { offset, sizeBytes, mediaBytes } = group;
    if (offset + sizeBytes > fileBytes) {
      throw new CorruptError(
        `a segment ends at byte ${offset + sizeBytes} of a file of ${fileBytes}: it is cut off`,
      );
    }
    if (sizeBytes > MAX_SEGMENT_BYTES) {
      throw new CorruptError(
        `a segment has ${sizeBytes} bytes; at most ${MAX_SEGMENT_BYTES} can be packaged`,
      );
    }
    const isFirst = at === 0 && skipped <= 0;
    const time = isFirst ? firstTicks : Math.max(0, ticksOf(group.time));
    const duration = (ends[at + Math.max(0, skipped)] ?? 0) - time;
    if (duration <= 0) throw new CorruptError("a segment of the index lasts no time");
    return { time, duration, offset, sizeBytes, mediaBytes };
  });
}

/** What the references of a segment are together. */
function summarize(group: readonly SegmentReference[]): {
  time: number;
  end: number;
  offset: number;
  sizeBytes: number;
  mediaBytes: number;
} {
  const offset = group[0]?.offset ?? 0;
  return {
    time: Math.min(...group.map(({ time }) => time)),
    end: Math.max(...group.map(({ time, duration }) => time + duration)),
    offset,
    sizeBytes: Math.max(...group.map((one) => one.offset + one.sizeBytes)) - offset,
    mediaBytes: group.reduce((sum, one) => sum + one.mediaBytes, 0),
  };
}

/** References that begin where decoding can begin, each with those that follow and can't or are short. */
function segmentGroups(
  { references, timescale }: SegmentIndex,
  everyOne: boolean,
): SegmentReference[][] {
  const shortest = MIN_SEGMENT_SECONDS * timescale;
  const groups: SegmentReference[][] = [];
  for (const reference of references) {
    const last = groups.at(-1);
    const begun = last?.[0]?.time ?? Number.NEGATIVE_INFINITY;
    const canBegin = everyOne || reference.startsWithSap;
    if (last && (!canBegin || reference.time - begun < shortest)) last.push(reference);
    else groups.push([reference]);
  }
  return groups;
}
