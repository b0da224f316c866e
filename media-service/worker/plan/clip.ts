import type { PresetSource } from "../presets/preset";
import { TaskError } from "../task-error";

/** The part of the input that is encoded; counted from the input's beginning. */
export interface Clip {
  readonly startSeconds: number;
  readonly durationSeconds: number;
  /** For FFmpeg's filters `trim` and `atrim`. */
  readonly range: string;
}

/** When an input begins, on its own clock, and how long it lasts. */
interface InputTimes {
  readonly startSeconds?: number;
  readonly durationSeconds: number;
}

/**
 * The part that a preset asks for; undefined for the whole.
 *
 * @throws TaskError `ErrorExecutingTaskUnsupportedFormat` when it begins behind the input's end.
 */
export function clipOf(
  { startSeconds, durationSeconds }: PresetSource,
  { startSeconds: inputStart = 0, durationSeconds: inputSeconds }: InputTimes,
): Clip | undefined {
  if (startSeconds === undefined && durationSeconds === undefined) return undefined;
  // A preset's times are those of the input's own clock.
  const start = Math.max(0, (startSeconds ?? inputStart) - inputStart);
  const left = inputSeconds - start;
  if (left <= 0) {
    throw new TaskError(
      "ErrorExecutingTaskUnsupportedFormat",
      `the preset begins at ${startSeconds ?? 0} s, where the input has ended: it lasts from ` +
        `${inputStart.toFixed(3)} to ${(inputStart + inputSeconds).toFixed(3)} s`,
    );
  }
  const duration = Math.min(left, durationSeconds ?? left);
  return {
    startSeconds: start,
    durationSeconds: duration,
    range: `start=${start.toFixed(6)}:end=${(start + duration).toFixed(6)}`,
  };
}
