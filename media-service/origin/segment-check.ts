import { ConflictError, NotFoundError } from "../domain/errors";
import { mediaSegment } from "../packaging/media-segment";
import type { BlobAddress, BlobStore } from "../ports/blob-store";
import type { PublishedAsset } from "../ports/published-assets";
import { LiveDeadline } from "./live-deadline";
import type { OriginDeps } from "./origin-deps";
import type { OpenPresentation, PresentationLibrary } from "./presentation-library";
import { findServerManifest } from "./server-manifests";

/** How the search for an asset that can be read ended. */
export interface SegmentSearch {
  /** Server manifest of the asset that was read. */
  readonly read?: string;
  /** Why others could not be. */
  readonly failures: readonly unknown[];
}

/** So many assets are tried at the same time, so that a few that hang don't hide a good one. */
const TRIED_AT_ONCE = 4;
/** An asset that takes longer counts as bad. */
const ASSET_TIMEOUT_MS = 1_250;

/** Reads a segment as a viewer would, of any published asset. */
export class SegmentCheck {
  /** What could be read the last time: tried first, so that a check usually costs one read. */
  private last: PublishedAsset | undefined;

  constructor(
    private readonly deps: Pick<OriginDeps, "published" | "blobs">,
    private readonly library: PresentationLibrary,
  ) {}

  /** Looks until one asset is read, all have failed, or the signal ends it. */
  async run(signal: AbortSignal): Promise<SegmentSearch> {
    const found = new AbortController();
    const search = AbortSignal.any([signal, found.signal]);
    const failures: unknown[] = [];
    let read: string | undefined;
    const attempt = async (asset: PublishedAsset): Promise<void> => {
      try {
        const name = await this.readWithin(asset, search);
        if (name === undefined) return;
        read ??= name;
        this.last = asset;
        found.abort();
      } catch (error) {
        if (!found.signal.aborted) failures.push(error);
      }
    };
    if (this.last !== undefined) await attempt(this.last);
    if (read === undefined) await this.tryAll(search, attempt).catch(unlessFound(found.signal));
    signal.throwIfAborted();
    return { ...(read === undefined ? {} : { read }), failures };
  }

  /** Several take from one list, so that it is read no further than it must be. */
  private async tryAll(
    search: AbortSignal,
    attempt: (asset: PublishedAsset) => Promise<void>,
  ): Promise<void> {
    const assets = this.deps.published.each(search)[Symbol.asyncIterator]();
    const lane = async (): Promise<void> => {
      for (;;) {
        const next = await ended(assets.next(), search);
        if (next.done === true) return;
        await attempt(next.value);
      }
    };
    await Promise.all(Array.from({ length: TRIED_AT_ONCE }, lane));
  }

  private async readWithin(
    asset: PublishedAsset,
    search: AbortSignal,
  ): Promise<string | undefined> {
    using deadline = new LiveDeadline(ASSET_TIMEOUT_MS);
    const signal = AbortSignal.any([search, deadline.signal]);
    return await ended(this.read(asset, signal), signal);
  }

  /** Undefined when the asset holds nothing to stream. */
  private async read(
    { container }: PublishedAsset,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const blob = await findServerManifest(this.deps.blobs, container, signal);
    if (blob === undefined) return undefined;
    const address = { container, blob };
    try {
      return await readFirstSegment(this.deps.blobs, await this.library.open(address), {
        address,
        signal,
      });
    } catch (error) {
      if (!(error instanceof ConflictError || error instanceof NotFoundError)) throw error;
      // What is remembered of the files is not what is there any more.
      this.library.forget(address);
      return readFirstSegment(this.deps.blobs, await this.library.open(address), {
        address,
        signal,
      });
    }
  }
}

/** Of the lowest quality: it tells as much as the highest, and is read every few seconds. */
async function readFirstSegment(
  blobs: BlobStore,
  { presentation, files }: OpenPresentation,
  { address, signal }: { address: BlobAddress; signal: AbortSignal },
): Promise<string | undefined> {
  const quality = presentation.streams[0]?.qualities.at(-1);
  const segment = quality?.track.segments[0];
  const file = files.get(quality?.src ?? "");
  if (!quality || !segment || !file) return undefined;
  const { offset, sizeBytes } = segment;
  const bytes = await blobs.readRange(
    { container: address.container, blob: quality.src },
    { offset, sizeBytes, etag: file.properties.etag, signal },
  );
  mediaSegment(quality.track, 0, bytes);
  return address.blob;
}

/** What a promise gives, or the signal's reason: not everything below looks at a signal. */
function ended<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", stop);
    });
  });
}

/** The end of the search is no failure of it. */
function unlessFound(found: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!found.aborted) throw error;
  };
}
