import { TaskError } from "../task-error";
import type { Preset } from "./preset";
import { readPreset } from "./read-preset";

/** The only processor that is run here. */
const PROCESSOR = "Media Encoder Standard";

/**
 * What a task asks for.
 *
 * @throws TaskError `ErrorParsingConfiguration` for another processor, or a preset that is none.
 */
export function presetOf(task: { configuration: string; processorName: string }): Preset {
  const { processorName } = task;
  if (processorName.toLowerCase() !== PROCESSOR.toLowerCase()) {
    throw new TaskError(
      "ErrorParsingConfiguration",
      `the media processor '${processorName}' is not run here; use '${PROCESSOR}'`,
    );
  }
  return readPreset(task.configuration);
}
