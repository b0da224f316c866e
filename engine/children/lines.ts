import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** One line of a child's output, and the resource on whose behalf it was printed, if that is known. */
export interface OutputLine {
  text: string;
  urn?: string;
}

/** Hands over each line of a stream, taking off the mark that `label-output.cjs` puts before it. */
export function eachLine(stream: Readable, handle: (line: OutputLine) => void): void {
  createInterface({ input: stream }).on("line", (line) => {
    handle(parseLine(line));
  });
}

function parseLine(line: string): OutputLine {
  if (!line.startsWith("\u001e")) return { text: line };
  const end = line.indexOf("\u001f");
  return { urn: line.slice(1, end), text: line.slice(end + 1) };
}
