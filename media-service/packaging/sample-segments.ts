import { CorruptError } from "../domain/errors";
import type { Sample, SampleRun } from "./sample-run";
import type { SampleTable } from "./sample-table";
import { toTicks } from "./time";
import type { TrackHeader } from "./track-header";
import type { SampleLayout, SegmentIndexEntry, TrackIndex } from "./track-index";

const SEGMENT_SECONDS = 2;
/** Key frames may come this much early: times are rounded by encoders. */
const TOLERANCE_SECONDS = 0.001;
/** More means samples so scattered over the file that one read of a segment would be unbounded. */
const MAX_SEGMENT_SPAN_BYTES = 128 * 1024 * 1024;

/**
 * Cuts a progressive track into segments: video at the key frame that comes two seconds or more after
 * the last cut, audio every so many frames.
 *
 * @throws CorruptError when samples lie outside of the file or times do not run forward.
 */
export function indexSamples(
  header: TrackHeader,
  whole: SampleTable,
  fileBytes: number,
): TrackIndex {
  const table = { ...whole, count: shownCount(header, whole) };
  const shift = header.edit?.shift ?? 0;
  const cuts = header.kind === "video" ? videoCuts(header, table) : audioCuts(header, table);
  // A last picture that is told to last no time belongs to what comes before it.
  if (
    cuts.length > 1 &&
    latestEnd(table, cuts.at(-1) ?? 0) <= compositionTime(table, cuts.at(-1) ?? 0)
  ) {
    cuts.pop();
  }
  const firstSamples = Uint32Array.of(...cuts, table.count);
  const layout: SampleLayout = { form: "samples", table, firstSamples, shift };
  const times = cuts.map((_, index) =>
    toTicks(Math.max(0, earliestOf({ header, layout }, index)), header.timescale),
  );
  const last = cuts.at(-1);
  if (last === undefined) throw new CorruptError(`track ${header.trackId} has no samples`);
  times.push(toTicks(latestEnd(table, last) - shift, header.timescale));
  const segments = cuts.map((first, index) =>
    segmentOf({ table, fileBytes, times }, index, [first, firstSamples[index + 1] ?? first]),
  );
  return { header, segments, layout, frameRate: frameRateOf(header, table) };
}

function frameRateOf({ kind, timescale }: TrackHeader, table: SampleTable): number {
  const seconds = at(table.decodeTimes, table.count) / timescale;
  return kind === "video" && seconds > 0 ? table.count / seconds : 0;
}

/** The samples of a segment in media time, counted from the segment's own beginning in the file. */
export function samplesOfSegment(
  layout: SampleLayout,
  index: number,
  segment: SegmentIndexEntry,
): SampleRun {
  const { table, firstSamples } = layout;
  const first = at(firstSamples, index);
  const samples: Sample[] = [];
  for (let sample = first; sample < (firstSamples[index + 1] ?? first); sample++) {
    samples.push({
      offset: at(table.offsets, sample) - segment.offset,
      sizeBytes: at(table.sizes, sample),
      duration: at(table.decodeTimes, sample + 1) - at(table.decodeTimes, sample),
      compositionOffset: table.compositionOffsets?.[sample] ?? 0,
      sync: table.sync?.[sample] !== 0,
    });
  }
  return { baseDecodeTime: at(table.decodeTimes, first), samples };
}

/** How many samples there are up to the last one that begins before the edit list's end. */
function shownCount({ edit }: TrackHeader, table: SampleTable): number {
  const end = edit?.end ?? Number.POSITIVE_INFINITY;
  let { count } = table;
  while (count > 0 && !isShown(count - 1)) count--;
  return count;

  // A last picture that is told to last no time begins at the end, and is shown.
  function isShown(sample: number): boolean {
    const lasts = at(table.decodeTimes, sample + 1) > at(table.decodeTimes, sample);
    const time = compositionTime(table, sample);
    return lasts ? time < end : time <= end;
  }
}

/** Composition time of a sample in media time. */
function compositionTime(table: SampleTable, sample: number): number {
  return at(table.decodeTimes, sample) + (table.compositionOffsets?.[sample] ?? 0);
}

function videoCuts(header: TrackHeader, table: SampleTable): number[] {
  const shift = header.edit?.shift ?? 0;
  const target = (SEGMENT_SECONDS - TOLERANCE_SECONDS) * header.timescale;
  let cuts: number[] = table.count > 0 ? [0] : [];
  let lastTime = compositionTime(table, 0) - shift;
  for (let sample = 1; sample < table.count; sample++) {
    if (table.sync?.[sample] === 0) continue;
    const time = compositionTime(table, sample) - shift;
    if (time <= 0) cuts = [sample];
    else if (time - Math.max(0, lastTime) >= target) cuts.push(sample);
    else continue;
    lastTime = time;
  }
  return cuts;
}

function audioCuts(header: TrackHeader, table: SampleTable): number[] {
  const shift = header.edit?.shift ?? 0;
  let first = 0;
  while (first < table.count && at(table.decodeTimes, first) < shift) first++;
  // On average: single frames may be longer, where sound was paused.
  const played = at(table.decodeTimes, table.count) - at(table.decodeTimes, first);
  const frame = played / Math.max(1, table.count - first);
  const count = Math.max(1, Math.round((SEGMENT_SECONDS * header.timescale) / Math.max(1, frame)));
  const cuts: number[] = [];
  for (let sample = first; sample < table.count; sample += count) cuts.push(sample);
  return cuts;
}

function earliestOf(
  { header, layout }: { header: TrackHeader; layout: SampleLayout },
  index: number,
): number {
  const { table, firstSamples, shift } = layout;
  const first = at(firstSamples, index);
  if (header.kind === "audio") return at(table.decodeTimes, first) - shift;
  let earliest = Number.POSITIVE_INFINITY;
  for (let sample = first; sample < (firstSamples[index + 1] ?? first); sample++) {
    earliest = Math.min(earliest, compositionTime(table, sample));
  }
  return earliest - shift;
}

function latestEnd(table: SampleTable, first: number): number {
  let latest = 0;
  for (let sample = first; sample < table.count; sample++) {
    const duration = at(table.decodeTimes, sample + 1) - at(table.decodeTimes, sample);
    latest = Math.max(latest, compositionTime(table, sample) + duration);
  }
  return latest;
}

function segmentOf(
  { table, fileBytes, times }: { table: SampleTable; fileBytes: number; times: readonly number[] },
  index: number,
  [first, end]: readonly [number, number],
): SegmentIndexEntry {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  let mediaBytes = 0;
  for (let sample = first; sample < end; sample++) {
    const offset = at(table.offsets, sample);
    const sizeBytes = at(table.sizes, sample);
    if (sizeBytes === 0) continue;
    low = Math.min(low, offset);
    high = Math.max(high, offset + sizeBytes);
    mediaBytes += sizeBytes;
  }
  if (mediaBytes === 0) low = 0;
  if (high > fileBytes) {
    throw new CorruptError(
      `a sample ends at byte ${high} of a file of ${fileBytes}: it is cut off`,
    );
  }
  if (high - low > MAX_SEGMENT_SPAN_BYTES) {
    throw new CorruptError(
      `one segment is spread over ${high - low} bytes of the file; at most ${MAX_SEGMENT_SPAN_BYTES} can be packaged`,
    );
  }
  const time = times[index] ?? 0;
  const duration = (times[index + 1] ?? 0) - time;
  if (duration <= 0)
    throw new CorruptError(`times stand still or run backwards at sample ${first}`);
  return { time, duration, offset: low, sizeBytes: high - low, mediaBytes };
}

/** An entry that is there by the table's own count. */
function at(list: ArrayLike<number>, index: number): number {
  return list[index] ?? 0;
}
