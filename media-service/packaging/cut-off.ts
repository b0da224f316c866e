import { CorruptError } from "../domain/errors";

/** What to throw for what a reader threw: reading past the end means that the file is not whole. */
export function cutOff(error: unknown, what: string): unknown {
  if (!(error instanceof RangeError)) return error;
  return new CorruptError(`${what} ends too early`, { cause: error });
}
