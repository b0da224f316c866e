import {
  deliveredSegmentAt,
  type DeliveredSegment,
  segmentsTogether,
  soundFor,
} from "./delivered-segments";
import type { DeliveryForm } from "./delivery-form";
import type { UrlOptions } from "./fragment-url";
import { keyFrameSegment } from "./key-frame-segment";
import { mediaSegment, straightMediaSegment } from "./media-segment";
import type { Presentation, Quality, Stream } from "./presentation";
import { smoothFragment, straightSmoothFragment } from "./smooth-fragment";
import { toTicks } from "./time";
import { type TimedSample, timedSamples } from "./timed-samples";
import type { TrackIndex } from "./track-index";
import { tsSegment } from "./ts-segment";

/** A part of a file that has to be read. */
export interface RecipePart {
  readonly src: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** What a segment is made of, and how: packaging itself reads nothing. */
export interface SegmentRecipe {
  readonly parts: readonly RecipePart[];
  /** What tells it from all other segments of these files. */
  readonly identity: readonly (string | number)[];
  /** Makes the segment of the parts' bytes. */
  readonly build: (bytes: readonly Buffer[]) => Buffer;
  /** Tells whether a head and one part of a file are all of it, which can be passed on as it is read. */
  readonly straight: () => { readonly head: Buffer; readonly part: RecipePart } | undefined;
}

/** Which segment is wanted. */
export interface WantedSegment extends UrlOptions {
  readonly form: DeliveryForm;
  readonly stream: Stream;
  readonly quality: Quality;
  /** In 100 ns. */
  readonly time: number;
}

/** Segments of a track that follow one another. */
interface Stretch {
  readonly quality: Quality;
  readonly first: number;
  readonly end: number;
}

/** Indexes are rounded: a segment may begin this much before it says, 1 ms in 100 ns. */
const SLACK_TICKS = 10_000;

/** How to make a segment; undefined when none begins at that time. */
export function segmentRecipe(
  presentation: Presentation,
  wanted: WantedSegment,
): SegmentRecipe | undefined {
  const { form, quality, time, keyFrames = false } = wanted;
  const together = segmentsTogether(presentation, form, keyFrames);
  const segment = deliveredSegmentAt(quality.track, together, time);
  if (!segment) return undefined;
  if (form.container === "mpeg-ts") return transportStream(presentation, wanted, segment);
  const { track } = quality;
  const isSmooth = form.container === "smooth";
  const make = isSmooth ? smoothFragment : mediaSegment;
  const straight = isSmooth ? straightSmoothFragment : straightMediaSegment;
  return {
    parts: partsOf({ quality, first: segment.first, end: segment.end }),
    identity: [form.container, keyFrames ? "key" : "all", track.header.trackId, time],
    build([bytes = Buffer.alloc(0)]) {
      return (keyFrames ? keyFrameSegment : make)(track, segment.first, bytes);
    },
    straight() {
      const found = keyFrames ? undefined : straight(track, segment.first);
      if (!found) return undefined;
      const { head, offset, sizeBytes } = found;
      return { head, part: { src: quality.src, offset, sizeBytes } };
    },
  };
}

function transportStream(
  presentation: Presentation,
  { form, stream, quality, keyFrames = false, ...options }: WantedSegment,
  segment: DeliveredSegment,
): SegmentRecipe {
  const stretch = { quality, first: segment.first, end: segment.end };
  const parts = partsOf(stretch);
  const sound = keyFrames ? undefined : soundFor(presentation, stream, { ...form, ...options });
  const window = windowOf(quality.track, segment);
  const along = sound && stretchIn(sound.quality, window);
  const soundParts = along ? partsOf(along) : [];
  return {
    parts: [...parts, ...soundParts],
    identity: [
      form.container,
      keyFrames ? "key" : "all",
      quality.track.header.trackId,
      segment.first,
      segment.end,
      sound ? sound.quality.track.header.trackId : "apart",
    ],
    build: (bytes) => {
      const samples = samplesIn(stretch, bytes);
      const tracks = [
        { track: quality.track, samples: keyFrames ? samples.slice(0, 1) : samples },
        ...(along
          ? [
              {
                track: along.quality.track,
                samples: samplesIn(along, bytes.slice(parts.length)).filter(
                  inWindow(along.quality.track, window),
                ),
              },
            ]
          : []),
      ];
      return tsSegment({ tracks, ordinal: segment.ordinal });
    },
    straight: () => undefined,
  };
}

function partsOf({ quality, first, end }: Stretch): RecipePart[] {
  return quality.track.segments
    .slice(first, end)
    .map(({ offset, sizeBytes }) => ({ src: quality.src, offset, sizeBytes }));
}

function samplesIn({ quality, first, end }: Stretch, bytes: readonly Buffer[]): TimedSample[] {
  return bytes
    .slice(0, end - first)
    .flatMap((part, index) => timedSamples(quality.track, first + index, part));
}

/** From one time to before another, in 100 ns. */
interface Window {
  readonly from: number;
  readonly to: number;
}

/** When a segment's sound begins and ends. Pairing by number would let the two drift apart. */
function windowOf(
  { segments }: TrackIndex,
  { first, end, time, duration }: DeliveredSegment,
): Window {
  return {
    from: first === 0 ? Number.NEGATIVE_INFINITY : time,
    to: end === segments.length ? Number.POSITIVE_INFINITY : time + duration,
  };
}

function stretchIn(quality: Quality, { from, to }: Window): Stretch {
  const { segments } = quality.track;
  const first = segments.findIndex(({ time, duration }) => time + duration > from - SLACK_TICKS);
  const after = segments.findIndex(({ time }) => time >= to + SLACK_TICKS);
  const end = after < 0 ? segments.length : after;
  return first < 0 ? { quality, first: end, end } : { quality, first, end };
}

function inWindow({ header }: TrackIndex, { from, to }: Window): (sample: TimedSample) => boolean {
  return ({ presentationTime }) => {
    const time = toTicks(presentationTime, header.timescale);
    return time >= from && time < to;
  };
}
