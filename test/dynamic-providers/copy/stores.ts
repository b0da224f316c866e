import { randomBytes } from "node:crypto";
import {
  BlobServiceClient,
  type BlockBlobUploadOptions,
  type ContainerClient,
  ContainerSASPermissions,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import type { CopyEvents } from "../../../dynamic-providers/operations/copy/copy-context";
import { type Azurite, startAzurite } from "../../support/azurite";

/** A container and a URL that opens it for a copy. */
export interface TestContainer {
  readonly client: ContainerClient;
  readonly sasUrl: string;
}

/** Two stores: one with two accounts, as one cloud has, and one somewhere else. */
export interface TestStores {
  /** The processes behind `east` and `west`. */
  readonly processes: { readonly east: Azurite; readonly west: Azurite };
  readonly east: BlobServiceClient;
  /** Another account in east's store. */
  readonly eastToo: BlobServiceClient;
  readonly west: BlobServiceClient;
  /** In west's store, but called like east. */
  readonly namesake: BlobServiceClient;
  stop(): Promise<void>;
}

/** Starts them; who starts them stops them. */
export async function startTestStores(): Promise<TestStores> {
  const [otherKey, namesakeKey] = [newKey(), newKey()];
  const [east, west] = await Promise.all([
    startAzurite({ accountName: "copyeast", moreAccounts: { copyeasttoo: otherKey } }),
    startAzurite({ accountName: "copywest", moreAccounts: { copyeast: namesakeKey } }),
  ]);
  return {
    processes: { east, west },
    east: service(east, east.accountName, east.accountKey),
    eastToo: service(east, "copyeasttoo", otherKey),
    west: service(west, west.accountName, west.accountKey),
    namesake: service(west, "copyeast", namesakeKey),
    stop: async () => {
      await Promise.all([east.stop(), west.stop()]);
    },
  };
}

function newKey(): string {
  return randomBytes(64).toString("base64");
}

function service({ ports }: Azurite, account: string, key: string): BlobServiceClient {
  return new BlobServiceClient(
    `http://127.0.0.1:${ports.blob}/${account}`,
    new StorageSharedKeyCredential(account, key),
  );
}

/** Makes a container of its own for a test; `permissions` as in a SAS. */
export async function newContainer(
  store: BlobServiceClient,
  permissions = "racwdlt",
): Promise<TestContainer> {
  const client = store.getContainerClient(`asset-${randomBytes(8).toString("hex")}`);
  await client.create();
  const sasUrl = await client.generateSasUrl({
    permissions: ContainerSASPermissions.parse(permissions),
    expiresOn: new Date(Date.now() + 3_600_000),
  });
  return { client, sasUrl };
}

/** Puts a blob whole: the store then knows its MD5. */
export async function putBlob(
  { client }: TestContainer,
  name: string,
  what: Buffer | (BlockBlobUploadOptions & { readonly content: Buffer }),
): Promise<void> {
  const { content, ...options } = Buffer.isBuffer(what) ? { content: what } : what;
  await client.getBlockBlobClient(name).upload(content, content.length, options);
}

/** Puts a blob in blocks: the store then has no MD5 of it. */
export async function putBlobWithoutMd5(
  { client }: TestContainer,
  name: string,
  content: Buffer,
): Promise<void> {
  const blob = client.getBlockBlobClient(name);
  const id = Buffer.from("whole").toString("base64");
  await blob.stageBlock(id, content, content.length);
  await blob.commitBlockList([id]);
}

/** Reads all blobs with what is kept beside the content. */
export async function contentOf({ client }: TestContainer): Promise<Record<string, Buffer>> {
  const contents: Record<string, Buffer> = {};
  for await (const { name } of client.listBlobsFlat()) {
    const { contentLength = 0 } = await client.getBlobClient(name).getProperties();
    contents[name] =
      contentLength === 0 ? Buffer.alloc(0) : await client.getBlobClient(name).downloadToBuffer();
  }
  return contents;
}

/** Events that are kept for the test to look at. */
export interface RecordedEvents extends CopyEvents {
  readonly notes: string[];
  readonly progressed: number[];
}

/** Listens to a copy. */
export function recordEvents(): RecordedEvents {
  const notes: string[] = [];
  const progressed: number[] = [];
  return {
    notes,
    progressed,
    note: (line) => notes.push(line),
    planned: () => undefined,
    progress: (bytes) => progressed.push(bytes),
  };
}
