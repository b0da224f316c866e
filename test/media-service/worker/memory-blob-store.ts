import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { NotFoundError } from "../../../media-service/domain/errors";
import type {
  BlobAddress,
  BlobItem,
  BlobProperties,
  BlobStore,
} from "../../../media-service/ports/blob-store";

interface MemoryBlob {
  readonly bytes: Buffer;
  readonly properties: BlobProperties;
}

const notOfTheWorker = (): never => {
  throw new Error("a worker has no business with this");
};

/** Blobs in memory, with the operations that a worker needs. */
export class MemoryBlobStore implements BlobStore {
  /** Names in the order in which they were written. */
  readonly written: string[] = [];
  /** Runs before every operation; may throw. */
  before: (operation: "read" | "write" | "list", blob: string) => void = () => undefined;
  private readonly blobs = new Map<string, MemoryBlob>();

  put({ container, blob }: BlobAddress, content: Buffer, contentType?: string): BlobProperties {
    const properties: BlobProperties = {
      sizeBytes: content.length,
      etag: `"${this.blobs.size}"`,
      lastModified: new Date(0),
      contentMd5: createHash("md5").update(content).digest("base64"),
      ...(contentType === undefined ? {} : { contentType }),
    };
    this.blobs.set(`${container}/${blob}`, { bytes: content, properties });
    return properties;
  }

  /** Says something else of a blob than what it holds. */
  lie(address: BlobAddress, properties: Partial<BlobProperties>): void {
    const blob = this.need(address);
    this.blobs.set(`${address.container}/${address.blob}`, {
      bytes: blob.bytes,
      properties: { ...blob.properties, ...properties },
    });
  }

  content(address: BlobAddress): Buffer {
    return this.need(address).bytes;
  }

  names(container: string): string[] {
    const prefix = `${container}/`;
    return [...this.blobs.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length))
      .sort();
  }

  async *list(container: string): AsyncIterable<BlobItem> {
    this.before("list", container);
    for (const name of this.names(container)) {
      yield { name, ...(await this.properties({ container, blob: name })) };
    }
  }

  properties(address: BlobAddress): Promise<BlobProperties> {
    return Promise.resolve().then(() => this.need(address).properties);
  }

  open(address: BlobAddress): Promise<Readable> {
    return Promise.resolve().then(() => {
      this.before("read", address.blob);
      return Readable.from([this.need(address).bytes]);
    });
  }

  async write(
    address: BlobAddress,
    content: Readable | Buffer,
    options: { contentType: string; signal?: AbortSignal },
  ): Promise<BlobProperties> {
    const bytes = Buffer.isBuffer(content) ? content : await buffer(content);
    this.before("write", address.blob);
    options.signal?.throwIfAborted();
    this.written.push(address.blob);
    return this.put(address, bytes, options.contentType);
  }

  delete({ container, blob }: BlobAddress): Promise<void> {
    this.blobs.delete(`${container}/${blob}`);
    return Promise.resolve();
  }

  createContainer = notOfTheWorker;
  deleteContainer = notOfTheWorker;
  containerExists = notOfTheWorker;
  containerUrl = notOfTheWorker;
  readRange = notOfTheWorker;
  streamRange = notOfTheWorker;
  grant = notOfTheWorker;
  createBlob = notOfTheWorker;
  revoke = notOfTheWorker;
  ping = notOfTheWorker;

  private need({ container, blob }: BlobAddress): MemoryBlob {
    const found = this.blobs.get(`${container}/${blob}`);
    if (!found) throw new NotFoundError(`there is no blob ${container}/${blob}`);
    return found;
  }
}
