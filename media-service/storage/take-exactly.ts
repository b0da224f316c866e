import type { Readable } from "node:stream";
import { UnavailableError } from "../domain/errors";

/**
 * Gives the pieces of a stream that has to hold so many bytes to `take`, and never one byte more.
 *
 * @throws UnavailableError when it ends early, or does not end.
 */
export async function takeExactly(
  stream: Readable,
  { sizeBytes, what }: { readonly sizeBytes: number; readonly what: string },
  take: (piece: Buffer) => void,
): Promise<void> {
  let read = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    read += piece.length;
    if (read > sizeBytes) break;
    take(piece);
  }
  if (read !== sizeBytes) {
    throw new UnavailableError(`${what}: got ${read} of ${sizeBytes} bytes`);
  }
}
