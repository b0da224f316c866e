import { TaskError } from "./task-error";

/** The only processor there is. */
const PROCESSOR = "Media Encoder Standard";
const ADAPTIVE_STREAMING = "Adaptive Streaming";

/**
 * Checks that a task asks for what this encoder does.
 *
 * @throws TaskError `ErrorParsingConfiguration` for any other preset or processor.
 */
export function requireKnownPreset(task: { configuration: string; processorName: string }): void {
  const { processorName } = task;
  if (processorName.toLowerCase() !== PROCESSOR.toLowerCase()) {
    throw new TaskError(
      "ErrorParsingConfiguration",
      `the media processor '${processorName}' is not known here; use '${PROCESSOR}'`,
    );
  }
  const preset = task.configuration.trim();
  if (preset.toLowerCase() !== ADAPTIVE_STREAMING.toLowerCase()) {
    throw new TaskError(
      "ErrorParsingConfiguration",
      `the preset '${shortened(preset)}' is not known here; use '${ADAPTIVE_STREAMING}'`,
    );
  }
}

/** A configuration may be a whole JSON or XML document: its beginning says which one. */
function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 60)}...` : line;
}
