import { MAX_FRAME_RATE, MIN_SIDE_PIXELS } from "./plan/ladder-table";
import type { ProbedMedia, ProbedStream, Rational } from "./probed-media";
import { TaskError } from "./task-error";

/** The video stream that is encoded. */
export interface VideoFacts {
  readonly streamIndex: number;
  readonly codec: string;
  /** As shown: rotated upright, in square pixels. */
  readonly width: number;
  readonly height: number;
  /** Clockwise turn that shows the picture upright. */
  readonly rotationDegrees: number;
  /** Rows a, b, u, c, d, v, x, y, w of the container's display matrix, where it has one. */
  readonly displayMatrix?: readonly number[];
  /** Rate of the encoded video. */
  readonly frameRate: Rational;
  /** Frames have to be repeated or dropped, or the first one moved to 0, to get an even rate. */
  readonly needsEvenRate: boolean;
  readonly bitsPerSecond: number;
  /** When the stream ends, counted from the file's beginning, where the container tells it. */
  readonly durationSeconds?: number;
  /** Two fields a frame, which comb where things move. */
  readonly interlaced?: true;
  /** Brighter than common screens show, by its transfer function (PQ or HLG). */
  readonly highDynamicRange?: true;
}

/** An audio stream that is encoded. */
export interface AudioFacts {
  readonly streamIndex: number;
  readonly codec: string;
  readonly channels: number;
  readonly sampleRate: number;
  /** ISO 639 code; absent where unknown. */
  readonly language?: string;
  /** Where the container tells it; not part of what is reported of an asset. */
  readonly bitsPerSecond?: number;
}

/** Everything that the encode depends on. */
export interface SourceFacts {
  readonly container: string;
  readonly sizeBytes: number;
  readonly durationSeconds: number;
  /** What the file's clock shows at its beginning. */
  readonly startSeconds?: number;
  readonly video?: VideoFacts;
  readonly audio: readonly AudioFacts[];
}

/** More audio streams than this are left out. */
const MAX_AUDIO_STREAMS = 8;

/** Rates that cameras and editors use; a measured average this near to one means that one. */
const USUAL_RATES: readonly Rational[] = [
  { num: 24_000, den: 1001 },
  { num: 24, den: 1 },
  { num: 25, den: 1 },
  { num: 30_000, den: 1001 },
  { num: 30, den: 1 },
  { num: 48, den: 1 },
  { num: 50, den: 1 },
  { num: 60_000, den: 1001 },
  { num: 60, den: 1 },
];
const NEAR_RATE = 0.0005;

/**
 * What a probe found, as the encode needs it.
 *
 * @throws TaskError `ErrorExecutingTaskUnsupportedFormat` when there is nothing to encode,
 * `ErrorExecutingTaskMalformedContent` when the file says nothing usable of itself.
 */
export function sourceFacts(media: ProbedMedia): SourceFacts {
  const video = media.streams.find((stream) => stream.kind === "video" && !stream.attachedPicture);
  const audio = media.streams.filter(isUsableAudio).slice(0, MAX_AUDIO_STREAMS);
  if (!video && audio.length === 0) throw nothingToEncode(media);
  const durationSeconds = media.durationSeconds ?? (video ?? audio[0])?.durationSeconds;
  if (durationSeconds === undefined || durationSeconds <= 0) {
    throw new TaskError(
      "ErrorExecutingTaskMalformedContent",
      "the file does not tell how long it is; it may have been cut off while it was written",
    );
  }
  return {
    container: media.formatName,
    sizeBytes: media.sizeBytes,
    durationSeconds,
    ...(media.startSeconds === undefined ? {} : { startSeconds: media.startSeconds }),
    ...(video && { video: videoFacts(video, media, durationSeconds) }),
    audio: audio.map(audioFacts),
  };
}

function nothingToEncode({ streams }: ProbedMedia): TaskError {
  const found = streams.map((stream) => stream.kind).join(", ") || "no stream at all";
  return new TaskError(
    "ErrorExecutingTaskUnsupportedFormat",
    `the file has neither video nor sound to encode; it has: ${found}`,
  );
}

function isUsableAudio(stream: ProbedStream): boolean {
  return stream.kind === "audio" && (stream.channels ?? 0) > 0 && (stream.sampleRate ?? 0) > 0;
}

function audioFacts(stream: ProbedStream): AudioFacts {
  return {
    streamIndex: stream.index,
    codec: stream.codec,
    channels: stream.channels ?? 0,
    sampleRate: stream.sampleRate ?? 0,
    ...(stream.language === undefined || stream.language === "und"
      ? {}
      : { language: stream.language }),
    ...(stream.bitsPerSecond === undefined ? {} : { bitsPerSecond: stream.bitsPerSecond }),
  };
}

function videoFacts(stream: ProbedStream, media: ProbedMedia, durationSeconds: number): VideoFacts {
  const frameRate = evenRate(stream);
  return {
    streamIndex: stream.index,
    codec: stream.codec,
    ...shownSize(stream),
    frameRate,
    needsEvenRate: needsEvenRate(stream, media, frameRate),
    bitsPerSecond: videoRate(stream, media, durationSeconds),
    ...(stream.durationSeconds === undefined
      ? {}
      : { durationSeconds: stream.durationSeconds + Math.max(0, lateSeconds(stream, media)) }),
    ...(stream.displayMatrix === undefined ? {} : { displayMatrix: stream.displayMatrix }),
    ...(stream.interlaced && { interlaced: true }),
    ...(HIGH_DYNAMIC_RANGE.includes(stream.transfer ?? "") && { highDynamicRange: true }),
  };
}

/** FFmpeg's names of SMPTE ST 2084 (PQ) and ARIB STD-B67 (HLG). */
const HIGH_DYNAMIC_RANGE: readonly string[] = ["smpte2084", "arib-std-b67"];

function shownSize(stream: ProbedStream): Pick<VideoFacts, "width" | "height" | "rotationDegrees"> {
  const rotationDegrees = rotation(stream.displayMatrix);
  const aspect = stream.sampleAspectRatio;
  const stretch = aspect && aspect.num > 0 && aspect.den > 0 ? aspect.num / aspect.den : 1;
  // Only ever shrink: anamorphic pixels are made square by the side that is too long.
  const width = Math.floor((stream.width ?? 0) * Math.min(1, stretch));
  const height = Math.floor((stream.height ?? 0) * Math.min(1, 1 / stretch));
  if (Math.min(width, height) < MIN_SIDE_PIXELS) {
    throw new TaskError(
      "ErrorExecutingTaskUnsupportedFormat",
      `the video is ${width}x${height} pixels; the least that can be encoded is ${MIN_SIDE_PIXELS} a side`,
    );
  }
  const turned = rotationDegrees % 180 === 90;
  return turned
    ? { width: height, height: width, rotationDegrees }
    : { width, height, rotationDegrees };
}

/** Clockwise quarter turns of a display matrix (ISO/IEC 14496-12, 8.3.2 "matrix"). */
function rotation(matrix: readonly number[] | undefined): number {
  if (!matrix) return 0;
  const [a = 1, b = 0] = matrix;
  const degrees = (Math.atan2(b, a) * 180) / Math.PI;
  return (Math.round(degrees / 90) * 90 + 360) % 360;
}

function evenRate(stream: ProbedStream): Rational {
  const average = rate(stream.averageFrameRate) ?? rate(stream.nominalFrameRate);
  if (average === undefined) {
    throw new TaskError(
      "ErrorExecutingTaskMalformedContent",
      "the video's frame rate cannot be told; the file may hold no complete picture",
    );
  }
  const capped = Math.min(average, MAX_FRAME_RATE);
  const usual = USUAL_RATES.find(
    ({ num, den }) => Math.abs(num / den - capped) / capped < NEAR_RATE,
  );
  if (usual) return usual;
  // An unusual but even rate is kept to the letter; an average is good to a thousandth.
  const exact = stream.averageFrameRate;
  if (capped === average && exact && exact.num <= 100_000) return exact;
  return { num: Math.max(1, Math.round(capped * 1000)), den: 1000 };
}

function needsEvenRate(stream: ProbedStream, media: ProbedMedia, frameRate: Rational): boolean {
  const chosen = frameRate.num / frameRate.den;
  const nominal = rate(stream.nominalFrameRate) ?? chosen;
  return (
    Math.abs(nominal - chosen) / chosen > NEAR_RATE || lateSeconds(stream, media) > 0.5 / chosen
  );
}

/** How long after the file's beginning a stream begins. */
function lateSeconds(stream: ProbedStream, media: ProbedMedia): number {
  return (stream.startSeconds ?? 0) - (media.startSeconds ?? 0);
}

function rate(value: Rational | undefined): number | undefined {
  return value && value.num > 0 && value.den > 0 ? value.num / value.den : undefined;
}

/** The stream's own figure, else what the rest of the file leaves for it. */
function videoRate(stream: ProbedStream, media: ProbedMedia, durationSeconds: number): number {
  if (stream.bitsPerSecond !== undefined && stream.bitsPerSecond > 0) return stream.bitsPerSecond;
  const whole = (media.sizeBytes * 8) / durationSeconds;
  const others = media.streams
    .filter((other) => other !== stream)
    .reduce((sum, other) => sum + (other.bitsPerSecond ?? 0), 0);
  return others < whole ? whole - others : whole;
}
