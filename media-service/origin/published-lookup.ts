import { LRUCache } from "lru-cache";
import { DeniedError, NotFoundError, UnavailableError } from "../domain/errors";
import { isGuid } from "../domain/ids";
import type { PublishedAsset } from "../ports/published-assets";
import type { OriginDeps } from "./origin-deps";

const MAX_LOCATORS = 10_000;
const DEFAULT_LOOKUP_MS = 2_000;
const ENDPOINT = "endpoint";
/** Requests share a look-up: one that hangs must end, or it would hold all that come later. */
const LOOKUP_TIMEOUT_MS = 5_000;

/** Finds what may be served now. Answers are kept for moments only, so that a revoked locator ends. */
export class PublishedLookup {
  private readonly locators: LRUCache<string, { asset: PublishedAsset | undefined }>;
  private readonly endpoint: LRUCache<string, { running: boolean }>;

  constructor(private readonly deps: Pick<OriginDeps, "published" | "clock" | "cache">) {
    const ttl = deps.cache?.lookupMs ?? DEFAULT_LOOKUP_MS;
    const { published } = deps;
    this.locators = new LRUCache({
      max: MAX_LOCATORS,
      ttl,
      ttlResolution: 0,
      fetchMethod: async (guid) => ({ asset: await published.find(guid, soon()) }),
    });
    this.endpoint = new LRUCache({
      max: 1,
      ttl,
      ttlResolution: 0,
      fetchMethod: async () => ({ running: await published.endpointRunning(soon()) }),
    });
  }

  /**
   * The asset behind a locator.
   *
   * @throws NotFoundError when there is no such locator.
   * @throws DeniedError when it has expired or has not begun, or the asset must not be streamed.
   * @throws UnavailableError when the streaming endpoint is stopped.
   */
  async requireLive(locatorGuid: string): Promise<PublishedAsset> {
    const guid = locatorGuid.toLowerCase();
    if (!isGuid(guid)) throw new NotFoundError(`'${guid}' is no locator`);
    const [endpoint, locator] = await Promise.all([
      this.endpoint.fetch(ENDPOINT),
      this.locators.fetch(guid),
    ]);
    if (endpoint?.running !== true) {
      throw new UnavailableError("the streaming endpoint is stopped: start it to play");
    }
    const asset = locator?.asset;
    if (!asset) throw new NotFoundError(`there is no locator '${guid}'`);
    const now = this.deps.clock.now();
    if (now >= asset.expiresAt) {
      throw new DeniedError(`the locator expired at ${asset.expiresAt.toISOString()}`);
    }
    if (now < asset.availableFrom) {
      throw new DeniedError(`the locator begins at ${asset.availableFrom.toISOString()}`);
    }
    if (asset.refusal !== undefined) throw new DeniedError(asset.refusal);
    return asset;
  }

  /** The asset behind a locator, if it is known right now that it may be served. */
  peekLive(locatorGuid: string): PublishedAsset | undefined {
    if (this.endpoint.get(ENDPOINT)?.running !== true) return undefined;
    const asset = this.locators.get(locatorGuid)?.asset;
    if (!asset) return undefined;
    const now = this.deps.clock.now();
    return now < asset.expiresAt && now >= asset.availableFrom ? asset : undefined;
  }
}

function soon(): AbortSignal {
  return AbortSignal.timeout(LOOKUP_TIMEOUT_MS);
}
