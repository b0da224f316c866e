import type { ByteSource } from "./byte-source";

/** Reads a file by its boxes: what lies close together costs one read. */
export class WindowedSource implements ByteSource {
  private window: { readonly offset: number; readonly bytes: Buffer } = {
    offset: 0,
    bytes: Buffer.alloc(0),
  };

  constructor(
    private readonly source: ByteSource,
    private readonly windowBytes: number,
  ) {}

  get sizeBytes(): number {
    return this.source.sizeBytes;
  }

  async read(offset: number, sizeBytes: number): Promise<Buffer> {
    const { window } = this;
    const start = offset - window.offset;
    if (start >= 0 && start + sizeBytes <= window.bytes.length) {
      return window.bytes.subarray(start, start + sizeBytes);
    }
    const wanted = Math.min(Math.max(sizeBytes, this.windowBytes), this.sizeBytes - offset);
    const bytes = await this.source.read(offset, wanted);
    this.window = { offset, bytes };
    return bytes.subarray(0, sizeBytes);
  }
}
