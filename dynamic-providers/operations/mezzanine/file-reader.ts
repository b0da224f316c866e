import type { FileHandle } from "node:fs/promises";

/** Reads parts of a file of a known length. */
export interface FileReader {
  readonly sizeBytes: number;
  /** As many bytes from an offset on; fewer at the file's end. */
  read(offset: number, length: number): Promise<Buffer>;
}

/** A reader over an open file. */
export function fileReader(handle: FileHandle, sizeBytes: number): FileReader {
  return {
    sizeBytes,
    async read(offset, length) {
      const { buffer, bytesRead } = await handle.read({
        buffer: Buffer.alloc(length),
        position: offset,
      });
      return buffer.subarray(0, bytesRead);
    },
  };
}
