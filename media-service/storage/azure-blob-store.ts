import { Readable } from "node:stream";
import {
  type BlobDownloadResponseParsed,
  BlobServiceClient,
  type BlockBlobClient,
  type ContainerClient,
  type StoragePipelineOptions,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { CorruptError } from "../domain/errors";
import { joinedBytes } from "../domain/joined-bytes";
import type {
  BlobAddress,
  BlobItem,
  BlobProperties,
  BlobRange,
  BlobStore,
  SasGrant,
} from "../ports/blob-store";
import type { SasSigner } from "../ports/sas-signer";
import { withSignal } from "./abort-option";
import { codeOf, storeError } from "./azure-errors";
import { RangeReader } from "./range-reader";
import type { ContainerGrants } from "./container-grants";
import { DelegatedSignatures } from "./delegated-signatures";
import { SignedReads, TokenReads } from "./read-authorization";
import { isByIdentity, type StorageAccess } from "./storage-access";
import { StoredPolicies } from "./stored-policies";
import { takeExactly } from "./take-exactly";
import { writeBlocks } from "./write-blocks";

const CLIENT_OPTIONS: StoragePipelineOptions = {
  retryOptions: { maxTries: 5, retryDelayInMs: 100, maxRetryDelayInMs: 1600 },
};

/** Media in Azure Blob Storage, reached by the account's key or by an identity. */
export class AzureBlobStore implements BlobStore, SasSigner {
  private readonly service: BlobServiceClient;
  private readonly grants: ContainerGrants;
  private readonly ranges: RangeReader;

  constructor(access: StorageAccess) {
    const { blobEndpoint } = access;
    if (isByIdentity(access)) {
      this.service = new BlobServiceClient(blobEndpoint, access.identity, CLIENT_OPTIONS);
      this.grants = new DelegatedSignatures(access.accountName, this.service);
      this.ranges = new RangeReader(blobEndpoint, new TokenReads(access.identity));
    } else {
      const credential = new StorageSharedKeyCredential(access.accountName, access.accountKey);
      this.service = new BlobServiceClient(blobEndpoint, credential, CLIENT_OPTIONS);
      this.grants = new StoredPolicies(credential);
      this.ranges = new RangeReader(blobEndpoint, new SignedReads(credential));
    }
  }

  get longestLifeMs(): number | undefined {
    return this.grants.longestLifeMs;
  }

  async createContainer(container: string): Promise<void> {
    await this.ask(`Container ${container}`, () => this.container(container).createIfNotExists());
  }

  async deleteContainer(container: string): Promise<void> {
    const client = this.container(container);
    await this.ask(`Container ${container}`, async () => {
      try {
        await client.deleteIfExists();
      } catch (cause) {
        if (codeOf(cause) !== "LeaseIdMissing") throw cause;
        await client.getBlobLeaseClient().breakLease(0);
        await client.deleteIfExists();
      }
    });
  }

  containerExists(container: string): Promise<boolean> {
    return this.ask(`Container ${container}`, () => this.container(container).exists());
  }

  containerUrl(container: string): string {
    return this.container(container).url;
  }

  async *list(container: string, signal?: AbortSignal): AsyncIterable<BlobItem> {
    try {
      for await (const item of this.container(container).listBlobsFlat(withSignal(signal))) {
        yield { name: item.name, ...toProperties(item.properties) };
      }
    } catch (cause) {
      throw storeError(cause, `Container ${container}`);
    }
  }

  properties(address: BlobAddress, signal?: AbortSignal): Promise<BlobProperties> {
    return this.ask(nameOf(address), async () =>
      toProperties(await this.blob(address).getProperties(withSignal(signal))),
    );
  }

  async open(address: BlobAddress, signal?: AbortSignal): Promise<Readable> {
    const answer = await this.ask(nameOf(address), () =>
      this.blob(address).download(0, undefined, withSignal(signal)),
    );
    return bodyOf(answer, address);
  }

  async readRange(address: BlobAddress, range: BlobRange): Promise<Buffer> {
    const pieces: Buffer[] = [];
    await this.streamRange(address, range, (piece) => pieces.push(piece));
    return joinedBytes(pieces);
  }

  async streamRange(
    address: BlobAddress,
    range: BlobRange,
    take: (piece: Buffer) => void,
  ): Promise<void> {
    if (range.sizeBytes === 0) return;
    const given = await this.ranges.read(address, range, take);
    if (given < range.sizeBytes) await this.streamRest(address, { range, given }, take);
  }

  private async streamRest(
    address: BlobAddress,
    { range, given }: { readonly range: BlobRange; readonly given: number },
    take: (piece: Buffer) => void,
  ): Promise<void> {
    const missing = range.sizeBytes - given;
    const answer = await this.ask(nameOf(address), () =>
      this.blob(address).download(range.offset + given, missing, {
        ...withSignal(range.signal),
        conditions: { ifMatch: range.etag },
      }),
    );
    await this.ask(nameOf(address), () =>
      takeExactly(bodyOf(answer, address), { sizeBytes: missing, what: nameOf(address) }, take),
    );
  }

  write(
    address: BlobAddress,
    content: Readable | Buffer,
    options: { contentType: string; signal?: AbortSignal },
  ): Promise<BlobProperties> {
    return this.ask(nameOf(address), () => writeBlocks(this.blob(address), content, options));
  }

  createBlob(address: BlobAddress, content: Buffer): Promise<boolean> {
    return this.ask(nameOf(address), async () => {
      try {
        const conditions = { ifNoneMatch: "*" };
        await this.blob(address).upload(content, content.length, { conditions });
        return true;
      } catch (cause) {
        if (codeOf(cause) === "BlobAlreadyExists") return false;
        throw cause;
      }
    });
  }

  async delete(address: BlobAddress): Promise<void> {
    await this.ask(nameOf(address), () => this.blob(address).deleteIfExists());
  }

  async grant(container: string, grant: SasGrant): Promise<string> {
    await this.ask(`Container ${container}`, () =>
      this.grants.add(this.container(container), grant),
    );
    return this.signedQuery(container, grant);
  }

  revoke(container: string, policyName: string): Promise<void> {
    return this.ask(`Container ${container}`, () =>
      this.grants.remove(this.container(container), policyName),
    );
  }

  signedQuery(container: string, grant: SasGrant): Promise<string> {
    return this.ask(`Container ${container}`, () => this.grants.sign(container, grant));
  }

  async ping(signal?: AbortSignal): Promise<void> {
    await this.ask("Blob store", () => this.service.getProperties(withSignal(signal)));
  }

  private container(name: string): ContainerClient {
    return this.service.getContainerClient(name);
  }

  private blob({ container, blob }: BlobAddress): BlockBlobClient {
    return this.container(container).getBlockBlobClient(blob);
  }

  private async ask<R>(what: string, call: () => Promise<R>): Promise<R> {
    try {
      return await call();
    } catch (cause) {
      throw storeError(cause, what);
    }
  }
}

function toProperties(raw: {
  contentLength?: number;
  etag?: string;
  lastModified?: Date;
  contentType?: string;
  contentMD5?: Uint8Array;
}): BlobProperties {
  return {
    sizeBytes: raw.contentLength ?? 0,
    etag: quoted(raw.etag ?? ""),
    lastModified: raw.lastModified ?? new Date(0),
    ...(raw.contentType === undefined ? {} : { contentType: raw.contentType }),
    ...(raw.contentMD5 === undefined
      ? {}
      : { contentMd5: Buffer.from(raw.contentMD5).toString("base64") }),
  };
}

// A listing gives ETags without their quotes.
function quoted(etag: string): string {
  return etag.startsWith('"') ? etag : `"${etag}"`;
}

function bodyOf(answer: BlobDownloadResponseParsed, address: BlobAddress): Readable {
  const body = answer.readableStreamBody;
  if (!(body instanceof Readable)) {
    throw new CorruptError(`${nameOf(address)}: the store answered without a body`);
  }
  return body;
}

function nameOf({ container, blob }: BlobAddress): string {
  return `Blob ${container}/${blob}`;
}
