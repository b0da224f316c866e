import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { ConflictError, NotFoundError } from "../../../media-service/domain/errors";
import type {
  BlobAddress,
  BlobItem,
  BlobProperties,
  BlobRange,
  BlobStore,
} from "../../../media-service/ports/blob-store";
import type {
  EndpointInUse,
  PublishedAsset,
  PublishedAssets,
} from "../../../media-service/ports/published-assets";

interface FakeBlob {
  readonly bytes: Buffer;
  readonly properties: BlobProperties;
}

/** What a store does that the origin must never ask for. */
const refuse = (): Promise<never> => Promise.reject(new Error("the origin only reads"));

/** Blobs in memory that remember how they were read, and that can be told to fail. */
export class FakeBlobStore implements BlobStore {
  readonly reads: { blob: string; offset: number; sizeBytes: number }[] = [];
  propertyReads = 0;
  /** Runs before every operation; may throw or never end. */
  before: (operation: string, name: string) => Promise<void> = () => Promise.resolve();
  private readonly containers = new Map<string, Map<string, FakeBlob>>();
  private version = 0;

  put(container: string, name: string, bytes: Buffer | string): void {
    const content = Buffer.from(bytes);
    const blobs = this.containers.get(container) ?? new Map<string, FakeBlob>();
    this.version += 1;
    blobs.set(name, {
      bytes: content,
      properties: {
        sizeBytes: content.length,
        etag: `"${this.version}"`,
        lastModified: new Date(Date.UTC(2026, 0, 1)),
        contentMd5: createHash("md5").update(content).digest("base64"),
      },
    });
    this.containers.set(container, blobs);
  }

  remove(container: string, name: string): void {
    this.containers.get(container)?.delete(name);
  }

  async *list(container: string): AsyncIterable<BlobItem> {
    await this.before("list", container);
    for (const [name, { properties }] of this.containers.get(container) ?? []) {
      yield { name, ...properties };
    }
  }

  async properties(address: BlobAddress): Promise<BlobProperties> {
    await this.before("properties", address.blob);
    this.propertyReads += 1;
    return this.require(address).properties;
  }

  async readRange(address: BlobAddress, range: BlobRange): Promise<Buffer> {
    await this.before("readRange", address.blob);
    const { offset, sizeBytes } = range;
    this.reads.push({ blob: address.blob, offset, sizeBytes });
    const { bytes, properties } = this.require(address);
    if (range.etag !== properties.etag) {
      throw new ConflictError(`'${address.blob}' has changed`);
    }
    return Buffer.from(bytes.subarray(offset, offset + sizeBytes));
  }

  async streamRange(
    address: BlobAddress,
    range: BlobRange,
    take: (piece: Buffer) => void,
  ): Promise<void> {
    const bytes = await this.readRange(address, range);
    const half = bytes.length >> 1;
    take(bytes.subarray(0, half));
    await this.before("streamRange", address.blob);
    take(bytes.subarray(half));
  }

  async open(address: BlobAddress): Promise<Readable> {
    await this.before("open", address.blob);
    return Readable.from([this.require(address).bytes]);
  }

  async ping(): Promise<void> {
    await this.before("ping", "");
  }

  containerExists(container: string): Promise<boolean> {
    return Promise.resolve(this.containers.has(container));
  }

  containerUrl(container: string): string {
    return `memory:///${container}`;
  }

  readonly createContainer = refuse;
  readonly deleteContainer = refuse;
  readonly delete = refuse;
  readonly revoke = refuse;
  readonly write = refuse;
  readonly grant = refuse;
  readonly createBlob = refuse;

  private require({ container, blob }: BlobAddress): FakeBlob {
    const found = this.containers.get(container)?.get(blob);
    if (!found) throw new NotFoundError(`there is no blob '${blob}'`);
    return found;
  }
}

/** Locators in memory. */
export class FakePublishedAssets implements PublishedAssets {
  readonly assets = new Map<string, PublishedAsset>();
  readonly deleted = new Set<string>();
  running = true;
  allowedAddresses: EndpointInUse["allowedAddresses"] = null;
  maxAgeSeconds: number | null = null;
  clientAccessPolicy: string | null = null;
  crossDomainPolicy: string | null = null;
  finds = 0;
  /** Runs before every operation; may throw or never end. */
  before: () => Promise<void> = () => Promise.resolve();

  publish(guid: string, asset: Partial<PublishedAsset> = {}): void {
    this.assets.set(guid, {
      locatorId: `nb:lid:UUID:${guid}`,
      assetId: `nb:cid:UUID:${guid}`,
      assetName: "an asset",
      container: `asset-${guid}`,
      availableFrom: new Date(0),
      expiresAt: new Date("2100-01-01T00:00:00Z"),
      ...asset,
    });
  }

  async find(guid: string): Promise<PublishedAsset | undefined> {
    await this.before();
    this.finds += 1;
    return this.assets.get(guid);
  }

  async wasDeleted(guid: string): Promise<boolean> {
    await this.before();
    return this.deleted.has(guid);
  }

  async *each(): AsyncIterable<PublishedAsset> {
    await this.before();
    yield* this.assets.values();
  }

  async endpoint(): Promise<EndpointInUse> {
    await this.before();
    const { running, allowedAddresses, maxAgeSeconds } = this;
    const { clientAccessPolicy, crossDomainPolicy } = this;
    return { running, allowedAddresses, maxAgeSeconds, clientAccessPolicy, crossDomainPolicy };
  }
}
