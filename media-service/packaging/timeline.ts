import type { SegmentIndexEntry } from "./track-index";

/** Segments of one length that follow one another. */
export interface TimelineRun {
  /** Beginning of the first, in 100 ns. */
  readonly time: number;
  readonly duration: number;
  readonly count: number;
}

/** Writes a list of segments as runs, as SegmentTimeline and Smooth manifests do. */
export function timelineOf(
  segments: readonly Pick<SegmentIndexEntry, "time" | "duration">[],
): TimelineRun[] {
  const runs: TimelineRun[] = [];
  for (const { time, duration } of segments) {
    const last = runs.at(-1);
    if (last?.duration === duration) runs[runs.length - 1] = { ...last, count: last.count + 1 };
    else runs.push({ time, duration, count: 1 });
  }
  return runs;
}
