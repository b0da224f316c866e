import { CorruptError } from "../domain/errors";
import { earliestPresentation, runDuration, type SampleRun, shiftRun } from "./sample-run";
import type { SegmentIndex, SegmentReference } from "./segment-index";
import { toTicks } from "./time";
import type { TrackHeader } from "./track-header";
import type { FragmentLayout, SegmentIndexEntry, TrackIndex } from "./track-index";

/** What is known of a fragmented track before its segments are listed. */
export interface FragmentedTrack {
  readonly header: TrackHeader;
  readonly index: SegmentIndex;
  readonly fileBytes: number;
  readonly defaults: FragmentLayout["defaults"];
  /** Whether the file has other tracks, whose samples may lie in the same fragments. */
  readonly shared: boolean;
  /** The track's first fragment, in media time. */
  readonly firstRun: SampleRun;
  /** Whether that fragment is all that the first reference covers. */
  readonly firstRunIsWhole: boolean;
}

/**
 * Lists the segments of a fragmented track by its `sidx`.
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
  const shift = header.editShift ?? apart;
  const layout: FragmentLayout = {
    form: "fragments",
    defaults,
    shift,
    lowestOffset: Math.min(...firstRun.samples.map(({ compositionOffset }) => compositionOffset)),
    asIs: shift === 0 && !track.shared,
  };
  const correction = toTicks(apart - shift, header.timescale);
  const firstTime = earliestPresentation(shiftRun(firstRun, shift, header.kind));
  const segments = listSegments(track, {
    firstTicks: toTicks(Math.max(0, firstTime), header.timescale),
    ticksOf: (time) => toTicks(time, index.timescale) + correction,
  });
  const seconds = runDuration(firstRun) / header.timescale;
  const frameRate = header.kind === "video" && seconds > 0 ? firstRun.samples.length / seconds : 0;
  return { header, segments, layout, frameRate };
}

function mediaTimeLessIndexTime(track: FragmentedTrack): number {
  const { header, index, firstRun, firstRunIsWhole } = track;
  const [first] = index.references;
  const toMedia = (time: number): number => Math.round((time / index.timescale) * header.timescale);
  const start = earliestPresentation(firstRun);
  // Ends are compared where they can be: a beginning before time 0 is cut off in the index.
  return first && firstRunIsWhole
    ? start + runDuration(firstRun) - toMedia(index.earliestPresentationTime + first.duration)
    : start - toMedia(index.earliestPresentationTime);
}

function listSegments(
  { header, index, fileBytes }: FragmentedTrack,
  { firstTicks, ticksOf }: { firstTicks: number; ticksOf: (time: number) => number },
): SegmentIndexEntry[] {
  const segments: SegmentIndexEntry[] = [];
  let start = index.earliestPresentationTime;
  for (const group of decodableGroups(index.references, header.kind === "audio")) {
    const [first] = group;
    if (!first) continue;
    const sizeBytes = group.reduce((sum, reference) => sum + reference.sizeBytes, 0);
    const end = group.reduce((sum, reference) => sum + reference.duration, start);
    if (first.offset + sizeBytes > fileBytes) {
      throw new CorruptError(
        `a segment ends at byte ${first.offset + sizeBytes} of a file of ${fileBytes}: it is cut off`,
      );
    }
    const time = segments.length === 0 ? firstTicks : ticksOf(start);
    const duration = ticksOf(end) - time;
    if (duration <= 0) throw new CorruptError("a segment of the index lasts no time");
    segments.push({ time, duration, offset: first.offset, sizeBytes, mediaBytes: sizeBytes });
    start = end;
  }
  return segments;
}

/** References that begin where decoding can begin, each with those that follow and can't. */
function decodableGroups(
  references: readonly SegmentReference[],
  everyOne: boolean,
): SegmentReference[][] {
  const groups: SegmentReference[][] = [];
  for (const reference of references) {
    const last = groups.at(-1);
    if (last && !everyOne && !reference.startsWithSap) last.push(reference);
    else groups.push([reference]);
  }
  return groups;
}
