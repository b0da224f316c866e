import { TaskError } from "../task-error";

/** The error for a configuration: where in it, and what is the matter. */
export function presetError(place: string, problem: string): TaskError {
  return new TaskError(
    "ErrorParsingConfiguration",
    place === "" ? `the preset ${problem}` : `the preset's ${place} ${problem}`,
  );
}

/** A text short enough for a message: a configuration may be a whole document. */
export function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 60 ? `${line.slice(0, 60)}...` : line;
}
