import { randomBytes } from "node:crypto";
import { CorruptError, NotFoundError } from "../domain/errors";
import type { BlobStore } from "../ports/blob-store";

/** Beside the media, and in no asset's container: no locator leads to it. */
const SEALING_KEY = { container: "twinstream", blob: "sealing-key" };
const KEY_BYTES = 32;

/** The key that an account without a key of its own seals with: kept in its store, made when it is first asked for. */
export class SealingKey {
  private known: Promise<Buffer> | undefined;

  constructor(
    private readonly blobs: Pick<
      BlobStore,
      "createContainer" | "createBlob" | "properties" | "readRange"
    >,
  ) {}

  /** The key; secret. */
  async get(): Promise<Buffer> {
    this.known ??= this.readOrMake();
    try {
      return await this.known;
    } catch (cause) {
      this.known = undefined;
      throw cause;
    }
  }

  private async readOrMake(): Promise<Buffer> {
    try {
      return await this.read();
    } catch (cause) {
      if (!(cause instanceof NotFoundError)) throw cause;
    }
    await this.blobs.createContainer(SEALING_KEY.container);
    // Whoever comes first makes the account's key; all read what is there then.
    await this.blobs.createBlob(SEALING_KEY, randomBytes(KEY_BYTES));
    return this.read();
  }

  private async read(): Promise<Buffer> {
    const { sizeBytes, etag } = await this.blobs.properties(SEALING_KEY);
    if (sizeBytes !== KEY_BYTES) {
      throw new CorruptError(`The account's sealing key has ${sizeBytes} bytes, not ${KEY_BYTES}`);
    }
    return this.blobs.readRange(SEALING_KEY, { offset: 0, sizeBytes, etag });
  }
}
