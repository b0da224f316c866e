import type { FileHandle } from "node:fs/promises";
import type { ByteSource } from "../packaging/byte-source";

/** An open file, for the packaging code to read from. */
export async function fileSource(file: FileHandle): Promise<ByteSource> {
  const { size } = await file.stat();
  return {
    sizeBytes: size,
    async read(offset, sizeBytes) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(sizeBytes), 0, sizeBytes, offset);
      return buffer.subarray(0, bytesRead);
    },
  };
}
