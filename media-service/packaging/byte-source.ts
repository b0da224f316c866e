/** One version of a file, read by parts. The only thing that packaging asks of the outside. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** The part of exactly that length; the caller stays inside the file. */
  read(offset: number, sizeBytes: number): Promise<Buffer>;
}

/** A file that is in memory. */
export function bufferSource(bytes: Buffer): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: (offset, sizeBytes) => Promise.resolve(bytes.subarray(offset, offset + sizeBytes)),
  };
}
