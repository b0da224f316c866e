import type { Readable } from "node:stream";
import { UnavailableError } from "../domain/errors";

/**
 * Reads a stream that has to hold so many bytes.
 *
 * @throws UnavailableError when it ends early.
 */
export async function readExactly(
  stream: Readable,
  sizeBytes: number,
  what: string,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let read = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    read += chunk.length;
  }
  if (read !== sizeBytes) {
    throw new UnavailableError(`${what}: got ${read} of ${sizeBytes} bytes`);
  }
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, read);
}
