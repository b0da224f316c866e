import { LRUCache } from "lru-cache";
import { CorruptError } from "../domain/errors";
import type { ByteSource } from "../packaging/byte-source";
import { type MovieIndex, readMovieIndex } from "../packaging/movie-index";
import { buildPresentation, type Presentation } from "../packaging/presentation";
import { parseServerManifest, type ServerManifest } from "../packaging/server-manifest";
import type { TextContent } from "../packaging/text/mp4-text";
import { MAX_TEXT_FILE_BYTES, readTextFile } from "../packaging/text/text-file";
import type { BlobAddress, BlobProperties, BlobStore } from "../ports/blob-store";
import { contentTag } from "./content-tag";
import type { OriginCacheOptions } from "./origin-deps";

/** A file of an asset, in one version. */
export interface OpenFile {
  readonly properties: BlobProperties;
  readonly index: MovieIndex;
}

/** A file of text, in one version. */
interface OpenText {
  readonly properties: BlobProperties;
  readonly content: TextContent;
}

/** An asset whose files have been looked into. */
export interface OpenPresentation {
  readonly presentation: Presentation;
  /** Media files by name. */
  readonly files: ReadonlyMap<string, OpenFile>;
  /** Files of text by name. */
  readonly texts: ReadonlyMap<string, OpenText>;
  /** Tells versions of the whole apart; equal where the contents are equal, in any data center. */
  readonly tag: string;
  readonly memoryBytes: number;
  readonly manifest: { readonly etag: string; readonly parsed: ServerManifest };
}

const DEFAULT_PRESENTATION_MS = 10_000;
const DEFAULT_INDEX_BYTES = 16 * 1024 * 1024;
const MAX_SERVER_MANIFEST_BYTES = 1024 * 1024;
const OVERHEAD_BYTES = 16 * 1024;
/** Cues in memory beside their file. */
const TEXT_OVERHEAD = 3;
/** What is too old to be believed still saves reading files that have not changed. */
const KEEP_STALE = { noDeleteOnStaleGet: true };
/** A store that hangs is one that fails: another data center may do better. */
const OPEN_TIMEOUT_MS = 10_000;

/**
 * Opens assets and remembers what it read, as long as the files stay what they were (by ETag). Requests
 * for the same asset at the same time share one opening.
 */
export class PresentationLibrary {
  private readonly cache: LRUCache<string, OpenPresentation>;

  constructor(
    private readonly blobs: BlobStore,
    options: OriginCacheOptions = {},
  ) {
    this.cache = new LRUCache({
      maxSize: options.indexBytes ?? DEFAULT_INDEX_BYTES,
      sizeCalculation: ({ memoryBytes }) => memoryBytes,
      ttl: options.presentationMs ?? DEFAULT_PRESENTATION_MS,
      ttlResolution: 0,
      // Else an asset that is being opened fails whenever another one needs its place.
      ignoreFetchAbort: true,
      fetchMethod: (key, stale) => this.load(addressOf(key), stale),
    });
  }

  /**
   * The asset whose server manifest is at an address.
   *
   * @throws NotFoundError when the manifest or one of its files does not exist.
   * @throws CorruptError when one of them can't be read.
   */
  async open(manifest: BlobAddress): Promise<OpenPresentation> {
    const opened = await this.cache.fetch(keyOf(manifest));
    if (!opened) throw new CorruptError(`'${manifest.blob}' could not be opened`);
    return opened;
  }

  /** The asset, if it is known well enough right now that nobody has to be asked. */
  peek(manifest: BlobAddress): OpenPresentation | undefined {
    return this.cache.get(keyOf(manifest), KEEP_STALE);
  }

  /** Lets go of an asset that turned out to have changed. */
  forget(manifest: BlobAddress): void {
    this.cache.delete(keyOf(manifest));
  }

  private async load(
    address: BlobAddress,
    stale: OpenPresentation | undefined,
  ): Promise<OpenPresentation> {
    const signal = AbortSignal.timeout(OPEN_TIMEOUT_MS);
    const properties = await this.blobs.properties(address, signal);
    const parsed =
      stale?.manifest.etag === properties.etag
        ? stale.manifest.parsed
        : await this.readManifest(address, properties, signal);
    const { container } = address;
    const [files, texts] = await Promise.all([
      byName(parsed.tracks, (blob) =>
        this.openFile({ container, blob }, stale?.files.get(blob), signal),
      ),
      byName(parsed.texts ?? [], (blob) =>
        this.openText({ container, blob }, stale?.texts.get(blob), signal),
      ),
    ]);
    const opened = [...files.values(), ...texts.values()];
    const tag = contentTag(properties, ...opened.map((file) => file.properties));
    const isSame = stale?.tag === tag && sameVersions(stale.files, files);
    if (isSame && sameVersions(stale.texts, texts)) return stale;
    const indexes = [...files].map(([name, { index }]) => [name, index] as const);
    const contents = [...texts].map(([name, { content }]) => [name, content] as const);
    return {
      presentation: buildPresentation(parsed, new Map(indexes), new Map(contents)),
      files,
      texts,
      tag,
      memoryBytes: [...texts.values()].reduce(
        (sum, text) => sum + text.properties.sizeBytes * TEXT_OVERHEAD,
        indexes.reduce((sum, [, index]) => sum + index.memoryBytes, OVERHEAD_BYTES),
      ),
      manifest: { etag: properties.etag, parsed },
    };
  }

  private async readManifest(
    address: BlobAddress,
    { etag, sizeBytes }: BlobProperties,
    signal: AbortSignal,
  ): Promise<ServerManifest> {
    if (sizeBytes === 0 || sizeBytes > MAX_SERVER_MANIFEST_BYTES) {
      throw new CorruptError(`'${address.blob}' has ${sizeBytes} bytes: it is no server manifest`);
    }
    const bytes = await this.blobs.readRange(address, { offset: 0, sizeBytes, etag, signal });
    return naming(address.blob, () => parseServerManifest(bytes.toString("utf8")));
  }

  private async openFile(
    address: BlobAddress,
    stale: OpenFile | undefined,
    signal: AbortSignal,
  ): Promise<OpenFile> {
    const properties = await this.blobs.properties(address, signal);
    if (stale?.properties.etag === properties.etag) return stale;
    const source: ByteSource = {
      sizeBytes: properties.sizeBytes,
      read: (offset, sizeBytes) =>
        this.blobs.readRange(address, { offset, sizeBytes, etag: properties.etag, signal }),
    };
    return naming(address.blob, async () => ({ properties, index: await readMovieIndex(source) }));
  }

  private async openText(
    address: BlobAddress,
    stale: OpenText | undefined,
    signal: AbortSignal,
  ): Promise<OpenText> {
    const properties = await this.blobs.properties(address, signal);
    if (stale?.properties.etag === properties.etag) return stale;
    const { sizeBytes, etag } = properties;
    if (sizeBytes > MAX_TEXT_FILE_BYTES) {
      throw new CorruptError(`'${address.blob}' has ${sizeBytes} bytes: no text is so long`);
    }
    const bytes = await this.blobs.readRange(address, { offset: 0, sizeBytes, etag, signal });
    return naming(address.blob, async () => ({
      properties,
      content: await readTextFile(address.blob, bytes),
    }));
  }
}

/** Opens each file that is named once, all at the same time. */
async function byName<T>(
  listed: readonly { readonly src: string }[],
  open: (name: string) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  const names = [...new Set(listed.map(({ src }) => src))];
  return new Map(await Promise.all(names.map(async (name) => [name, await open(name)] as const)));
}

/** Adds to what went wrong in which file it did. */
async function naming<T>(file: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof CorruptError)) throw error;
    throw new CorruptError(`'${file}': ${error.message}`, { cause: error });
  }
}

function sameVersions<T>(one: ReadonlyMap<string, T>, other: ReadonlyMap<string, T>): boolean {
  return [...other].every(([name, file]) => one.get(name) === file);
}

function keyOf({ container, blob }: BlobAddress): string {
  return `${container}/${blob}`;
}

/** Container names hold no slash. */
function addressOf(key: string): BlobAddress {
  const slash = key.indexOf("/");
  return { container: key.slice(0, slash), blob: key.slice(slash + 1) };
}
