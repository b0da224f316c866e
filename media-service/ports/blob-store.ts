import type { Readable } from "node:stream";

/** What is known of a blob without reading it. */
export interface BlobProperties {
  readonly sizeBytes: number;
  /** Strong ETag, with its quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  readonly contentType?: string;
  /** MD5 of the content, base64, where the writer stored one. */
  readonly contentMd5?: string;
}

/** A blob in a listing. */
export interface BlobItem extends BlobProperties {
  /** The whole name, virtual folders included. */
  readonly name: string;
}

/** A blob by its place. */
export interface BlobAddress {
  readonly container: string;
  readonly blob: string;
}

/** A part of a blob. */
export interface BlobRange {
  readonly offset: number;
  readonly sizeBytes: number;
  /** Read only this version; another one throws ConflictError. */
  readonly etag: string;
  readonly signal?: AbortSignal;
}

/** What a container's shared access signature allows. */
export interface SasGrant {
  /** Name of the stored access policy: the locator's guid. */
  readonly policyName: string;
  /** Any of the letters `rwdl`, for read, write, delete and list. */
  readonly permissions: string;
  readonly startsOn?: Date;
  readonly expiresOn: Date;
}

/**
 * The account's media: containers of block blobs. Throws NotFoundError for what is not there,
 * ConflictError for a version that changed, UnavailableError when the store does not answer.
 */
export interface BlobStore {
  /** Makes a container; one that exists already is left as it is. */
  createContainer(container: string): Promise<void>;
  /** Removes a container with everything in it; none is no error. */
  deleteContainer(container: string): Promise<void>;
  containerExists(container: string): Promise<boolean>;
  /** Address of a container, without a slash at the end and without a signature. */
  containerUrl(container: string): string;

  list(container: string, signal?: AbortSignal): AsyncIterable<BlobItem>;
  properties(address: BlobAddress, signal?: AbortSignal): Promise<BlobProperties>;
  /** The whole blob as a stream. */
  open(address: BlobAddress, signal?: AbortSignal): Promise<Readable>;
  /** A part of a blob, exactly `sizeBytes` long. */
  readRange(address: BlobAddress, range: BlobRange): Promise<Buffer>;
  /** The same, in pieces that are given to `take` in order as they arrive. */
  streamRange(address: BlobAddress, range: BlobRange, take: (piece: Buffer) => void): Promise<void>;
  /** Writes a blob whole, replacing what was there. Stores the MD5 of the content with it. */
  write(
    address: BlobAddress,
    content: Readable | Buffer,
    options: { contentType: string; signal?: AbortSignal },
  ): Promise<BlobProperties>;
  /** Writes a few bytes where nothing is yet; answers whether it did. */
  createBlob(address: BlobAddress, content: Buffer): Promise<boolean>;
  delete(address: BlobAddress): Promise<void>;

  /** Adds a stored access policy to a container and returns the signed query, beginning with `?`. */
  grant(container: string, grant: SasGrant): Promise<string>;
  /** Removes a stored access policy; what was signed with it stops working. None is no error. */
  revoke(container: string, policyName: string): Promise<void>;

  /** Resolves when the store answers; throws UnavailableError when it does not. */
  ping(signal?: AbortSignal): Promise<void>;
}
