import type { EncodedFile, EncodedTrack } from "./encoded-file";
import type { EncodePlan } from "./plan/encode-plan";
import type { SourceFacts } from "./source-facts";
import { TaskError } from "./task-error";

/** Frames that the length of the result may differ by where the source tells its own exactly. */
const EXACT_TOLERANCE_FRAMES = 2;
/** Where it is an estimate, or frames come unevenly: seconds, or this share of the whole. */
const ROUGH_TOLERANCE_SECONDS = 0.5;
const ROUGH_TOLERANCE_SHARE = 0.01;

/**
 * Holds what came out against what was meant. Encoders end without an error on input that stops in
 * the middle, so lengths are what tells.
 *
 * @throws TaskError `ErrorExecutingTaskMalformedContent` when the input was to blame,
 * `ErrorProcessingTask` when the encoder was.
 */
export function checkOutputs(
  files: readonly EncodedFile[],
  { plan, facts }: { plan: EncodePlan; facts: SourceFacts },
): void {
  if (files.length !== plan.files.length) {
    throw new TaskError("ErrorProcessingTask", "the encoder left out files that it should write");
  }
  const tracks = files.flatMap((file) => file.tracks);
  if (tracks.length === 0) return;
  const video = tracks.filter(({ kind }) => kind === "video");
  const [first, ...others] = video;
  for (const track of video) checkSize(track);
  checkLength({ first, tracks }, plan, facts);
  if (first) for (const other of others) checkAligned(first, other);
}

function checkSize({ track, output }: EncodedTrack): void {
  const { width, height } = track.header.entry;
  if (output.kind !== "video" || (width === output.width && height === output.height)) return;
  throw new TaskError(
    "ErrorProcessingTask",
    `the encoder made ${width}x${height} where ${output.width}x${output.height} was asked for`,
  );
}

function checkLength(
  { first, tracks }: { first: EncodedTrack | undefined; tracks: readonly EncodedTrack[] },
  plan: EncodePlan,
  facts: SourceFacts,
): void {
  const clipped = plan.endSeconds !== undefined;
  const exact = first && (clipped ? plan.durationSeconds : facts.video?.durationSeconds);
  const expected = exact ?? plan.durationSeconds;
  // A container's length is that of its longest stream.
  const actual =
    first && exact !== undefined
      ? first.durationSeconds
      : Math.max(...tracks.map(({ durationSeconds }) => durationSeconds));
  if (Math.abs(actual - expected) <= tolerance(expected, { exact, plan, facts })) return;
  throw new TaskError(
    "ErrorExecutingTaskMalformedContent",
    `only ${actual.toFixed(2)} of ${expected.toFixed(2)} seconds of the input could be encoded: ` +
      "the file is damaged or was cut off",
  );
}

function tolerance(
  expected: number,
  { exact, plan, facts }: { exact: number | undefined; plan: EncodePlan; facts: SourceFacts },
): number {
  const { video } = facts;
  const rate = plan.picture?.frameRate;
  const rough = Math.max(ROUGH_TOLERANCE_SECONDS, expected * ROUGH_TOLERANCE_SHARE);
  if (exact === undefined || !video || !rate || video.needsEvenRate) return rough;
  if (rate.num * video.frameRate.den !== rate.den * video.frameRate.num) return rough;
  return (EXACT_TOLERANCE_FRAMES * rate.den) / rate.num;
}

/** A player switches between qualities at keyframes: they have to be at the same times in all. */
function checkAligned(one: EncodedTrack, other: EncodedTrack): void {
  const times = ({ track }: EncodedTrack) => track.segments.map(({ time }) => time).join();
  if (times(one) === times(other) && one.durationSeconds === other.durationSeconds) return;
  throw new TaskError(
    "ErrorProcessingTask",
    "the encoder put keyframes at different times in different qualities",
  );
}
