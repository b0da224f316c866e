import type { DeliveryForm } from "./delivery-form";
import type { UrlOptions } from "./fragment-url";
import type { Presentation, Quality, Stream } from "./presentation";
import { segmentAt, type TrackIndex } from "./track-index";

/** Segments of a track that go out as one. */
export interface DeliveredSegment {
  /** Number in the playlist. */
  readonly ordinal: number;
  /** First segment of the track, and one past the last. */
  readonly first: number;
  readonly end: number;
  /** In 100 ns. */
  readonly time: number;
  readonly duration: number;
}

/** More at once would take more memory than a segment is worth; half a minute of two-second ones. */
const MAX_TOGETHER = 15;

/** How many segments of a track make one that goes out; HLS in MPEG-TS likes them longer. */
export function segmentsTogether(
  { fragmentsPerHlsSegment }: Presentation,
  { container }: Pick<DeliveryForm, "container">,
  keyFrames = false,
): number {
  return container === "mpeg-ts" && !keyFrames ? Math.min(fragmentsPerHlsSegment, MAX_TOGETHER) : 1;
}

/** All that goes out of a track, in order. */
export function deliveredSegments(track: TrackIndex, together: number): DeliveredSegment[] {
  const count = Math.ceil(track.segments.length / together);
  return Array.from({ length: count }, (_, ordinal) => group(track, ordinal, together));
}

/** What begins at a time; undefined when nothing does. */
export function deliveredSegmentAt(
  track: TrackIndex,
  together: number,
  time: number,
): DeliveredSegment | undefined {
  const index = segmentAt(track, time);
  return index < 0 || index % together > 0 ? undefined : group(track, index / together, together);
}

function group(track: TrackIndex, ordinal: number, together: number): DeliveredSegment {
  const first = ordinal * together;
  const end = Math.min(first + together, track.segments.length);
  const members = track.segments.slice(first, end);
  return {
    ordinal,
    first,
    end,
    time: members[0]?.time ?? 0,
    duration: members.reduce((sum, { duration }) => sum + duration, 0),
  };
}

/**
 * The sound that goes along with pictures where both are in one segment: the named stream's, else the
 * first.
 */
export function soundFor(
  { streams }: Presentation,
  stream: Stream,
  form: Pick<DeliveryForm, "sound"> & Pick<UrlOptions, "audioTrack">,
): { stream: Stream; quality: Quality } | undefined {
  if (form.sound !== "muxed" || stream.kind !== "video") return undefined;
  const sounds = streams.filter(({ kind }) => kind === "audio");
  const { audioTrack = sounds[0]?.name } = form;
  const sound = sounds.find((candidate) => candidate.name === audioTrack);
  return sound && { stream: sound, quality: sound.qualities[0] };
}
