import type { Readable } from "node:stream";

/** How much of stderr is kept. */
const STDERR_TAIL_CHARACTERS = 4000;

/** Reads a stream to its end and remembers the last of it. */
export function keepTail(stream: Readable): () => string {
  let tail = "";
  stream.setEncoding("utf8").on("data", (text: string) => {
    tail = (tail + text).slice(-STDERR_TAIL_CHARACTERS);
  });
  return () => tail.trim();
}
