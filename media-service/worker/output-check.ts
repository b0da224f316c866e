import type { EncodePlan, VideoOutput } from "./encode-plan";
import type { EncodedFile } from "./encoded-file";
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
  const video = files.filter(({ kind }) => kind === "video");
  const [first, ...others] = video;
  if (!first || files.length !== plan.video.length + plan.audio.length) {
    throw new TaskError("ErrorProcessingTask", "the encoder left out files that it should write");
  }
  for (const file of video) checkSize(file, file.output as VideoOutput);
  checkLength(first, files, facts);
  for (const other of others) checkAligned(first, other);
}

function checkSize({ track }: EncodedFile, output: VideoOutput): void {
  const { width, height } = track.header.entry;
  if (width === output.width && height === output.height) return;
  throw new TaskError(
    "ErrorProcessingTask",
    `the encoder made ${width}x${height} where ${output.width}x${output.height} was asked for`,
  );
}

function checkLength(video: EncodedFile, files: readonly EncodedFile[], facts: SourceFacts): void {
  const exact = facts.video.durationSeconds;
  const expected = exact ?? facts.durationSeconds;
  // A container's length is that of its longest stream.
  const actual =
    exact === undefined
      ? Math.max(...files.map(({ durationSeconds }) => durationSeconds))
      : video.durationSeconds;
  const { num, den } = facts.video.frameRate;
  const tolerance =
    exact === undefined || facts.video.needsEvenRate
      ? Math.max(ROUGH_TOLERANCE_SECONDS, expected * ROUGH_TOLERANCE_SHARE)
      : (EXACT_TOLERANCE_FRAMES * den) / num;
  if (Math.abs(actual - expected) <= tolerance) return;
  throw new TaskError(
    "ErrorExecutingTaskMalformedContent",
    `only ${actual.toFixed(2)} of ${expected.toFixed(2)} seconds of the input could be encoded: ` +
      "the file is damaged or was cut off",
  );
}

/** A player switches between qualities at keyframes: they have to be at the same times in all. */
function checkAligned(one: EncodedFile, other: EncodedFile): void {
  const times = (file: EncodedFile) => file.track.segments.map(({ time }) => time).join();
  if (times(one) === times(other) && one.durationSeconds === other.durationSeconds) return;
  throw new TaskError(
    "ErrorProcessingTask",
    "the encoder put keyframes at different times in different qualities",
  );
}
