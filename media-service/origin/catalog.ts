import { LRUCache } from "lru-cache";
import pLimit from "p-limit";
import type { FastifyBaseLogger } from "fastify";
import type { PublishedAsset } from "../ports/published-assets";
import type { OriginDeps } from "./origin-deps";
import type { PresentationLibrary } from "./presentation-library";
import { findServerManifest } from "./server-manifests";
import { TICKS_PER_SECOND } from "../packaging/time";

/** A published video, as the watch page lists it. */
export interface CatalogVideo {
  /** Name of the server manifest without its extension: the same in every data center. */
  readonly name: string;
  /** Path of the server manifest on any host that serves it; `/manifest(format=...)` follows. */
  readonly path: string;
  readonly durationSeconds: number;
  /** Lines of the best quality; 0 for sound alone. */
  readonly height: number;
  readonly qualities: number;
}

const MAX_VIDEOS = 200;
const OPENED_AT_ONCE = 8;
const KEEP_MS = 5_000;
const ONLY_KEY = "catalog";

/** Lists what can be watched. */
export class Catalog {
  private readonly cache: LRUCache<string, CatalogVideo[]>;

  constructor(
    private readonly deps: Pick<OriginDeps, "published" | "blobs">,
    private readonly library: PresentationLibrary,
    private readonly log: Pick<FastifyBaseLogger, "warn">,
  ) {
    this.cache = new LRUCache({ max: 1, ttl: KEEP_MS, fetchMethod: () => this.load() });
  }

  /** Everything published that plays, by name. */
  async list(): Promise<CatalogVideo[]> {
    return (await this.cache.fetch(ONLY_KEY)) ?? [];
  }

  private async load(): Promise<CatalogVideo[]> {
    const limit = pLimit(OPENED_AT_ONCE);
    const published: PublishedAsset[] = [];
    for await (const asset of this.deps.published.each()) {
      if (published.push(asset) === MAX_VIDEOS) break;
    }
    const videos = await Promise.all(published.map((asset) => limit(() => this.describe(asset))));
    return videos
      .filter((video) => video !== undefined)
      .sort((one, other) => (one.name + one.path < other.name + other.path ? -1 : 1));
  }

  private async describe(asset: PublishedAsset): Promise<CatalogVideo | undefined> {
    const { container, locatorId } = asset;
    try {
      const file = await findServerManifest(this.deps.blobs, container);
      if (file === undefined) return undefined;
      const { presentation } = await this.library.open({ container, blob: file });
      const [stream] = presentation.streams;
      return {
        name: file.replace(/^.*\//, "").replace(/\.ism$/i, ""),
        path: `/${guidIn(locatorId)}/${file.split("/").map(encodeURIComponent).join("/")}`,
        durationSeconds: presentation.durationTicks / TICKS_PER_SECOND,
        height: stream?.qualities[0].track.header.entry.height ?? 0,
        qualities: stream?.qualities.length ?? 0,
      };
    } catch (error) {
      // One that can't be played is left out; it must not hide the others.
      this.log.warn({ err: error, locatorId }, "left out of the catalog");
      return undefined;
    }
  }
}

function guidIn(locatorId: string): string {
  return locatorId.slice(locatorId.lastIndexOf(":") + 1).toLowerCase();
}
