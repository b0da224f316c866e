import type { FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";
import { type AddressCheck, addressCheck } from "../domain/allowed-addresses";
import { DeniedError, NotFoundError, UnavailableError } from "../domain/errors";
import { isGuid } from "../domain/ids";
import type { EndpointInUse, PublishedAsset } from "../ports/published-assets";
import type { OriginDeps } from "./origin-deps";

const MAX_LOCATORS = 10_000;
const DEFAULT_LOOKUP_MS = 2_000;
const ENDPOINT = "endpoint";
/** Requests share a look-up: one that hangs must end, or it would hold all that come later. */
const LOOKUP_TIMEOUT_MS = 5_000;

interface FoundLocator {
  readonly asset: PublishedAsset | undefined;
  readonly wasDeleted: boolean;
}

/** The streaming endpoint, ready to be asked with each request. */
interface OpenEndpoint extends Omit<EndpointInUse, "allowedAddresses"> {
  readonly allows: AddressCheck;
}

/** Finds what may be served now. Answers are kept for moments only, so that a revoked locator ends. */
export class PublishedLookup {
  private readonly locators: LRUCache<string, FoundLocator>;
  private readonly endpoint: LRUCache<string, OpenEndpoint>;

  constructor(private readonly deps: Pick<OriginDeps, "published" | "clock" | "cache">) {
    const ttl = deps.cache?.lookupMs ?? DEFAULT_LOOKUP_MS;
    const { published } = deps;
    this.locators = new LRUCache({
      max: MAX_LOCATORS,
      ttl,
      ttlResolution: 0,
      fetchMethod: async (guid) => {
        const asset = await published.find(guid, soon());
        return { asset, wasDeleted: !asset && (await published.wasDeleted(guid, soon())) };
      },
    });
    this.endpoint = new LRUCache({
      max: 1,
      ttl,
      ttlResolution: 0,
      fetchMethod: async () => {
        const { allowedAddresses, ...endpoint } = await published.endpoint(soon());
        return { ...endpoint, allows: addressCheck(allowedAddresses) };
      },
    });
  }

  /**
   * The asset behind a locator, for whoever asks from an address.
   *
   * @throws NotFoundError when there is no such locator.
   * @throws DeniedError when it was deleted, has expired or has not begun, the asset must not be streamed, or the
   * address is not among those that the endpoint allows.
   * @throws UnavailableError when the streaming endpoint is stopped.
   */
  async requireLive(locatorGuid: string, clientAddress: string): Promise<PublishedAsset> {
    const guid = locatorGuid.toLowerCase();
    if (!isGuid(guid)) throw new NotFoundError(`'${guid}' is no locator`);
    const [endpoint, locator] = await Promise.all([
      this.endpoint.fetch(ENDPOINT),
      this.locators.fetch(guid),
    ]);
    requireOpen(endpoint, clientAddress);
    if (locator?.wasDeleted === true) throw new DeniedError(`the locator '${guid}' was deleted`);
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

  /**
   * A policy of the endpoint for pages of other sites, for whoever asks from an address.
   *
   * @throws NotFoundError when there is none.
   * @throws DeniedError when the address is not among those that the endpoint allows.
   * @throws UnavailableError when the streaming endpoint is stopped.
   */
  async crossSitePolicy(
    policy: "clientAccessPolicy" | "crossDomainPolicy",
    clientAddress: string,
  ): Promise<string> {
    const text = requireOpen(await this.endpoint.fetch(ENDPOINT), clientAddress)[policy];
    if (text === null) throw new NotFoundError("the streaming endpoint has no such policy");
    return text;
  }

  /** How long the endpoint lets manifests and segments be kept; undefined where it leaves that open. */
  async maxAgeSeconds(): Promise<number | undefined> {
    return (await this.endpoint.fetch(ENDPOINT))?.maxAgeSeconds ?? undefined;
  }

  /** The same, as far as it is known right now. */
  peekMaxAgeSeconds(): number | undefined {
    return this.endpoint.get(ENDPOINT)?.maxAgeSeconds ?? undefined;
  }

  /** The asset behind a locator, if it is known right now that it may be served to an address. */
  peekLive(locatorGuid: string, clientAddress: string): PublishedAsset | undefined {
    const endpoint = this.endpoint.get(ENDPOINT);
    if (endpoint?.running !== true || !endpoint.allows(clientAddress)) return undefined;
    const asset = this.locators.get(locatorGuid)?.asset;
    if (!asset) return undefined;
    const now = this.deps.clock.now();
    return now < asset.expiresAt && now >= asset.availableFrom ? asset : undefined;
  }
}

function requireOpen(endpoint: OpenEndpoint | undefined, clientAddress: string): OpenEndpoint {
  if (endpoint?.running !== true) {
    throw new UnavailableError("the streaming endpoint is stopped: start it to play");
  }
  if (!endpoint.allows(clientAddress)) {
    throw new DeniedError("this streaming endpoint is not open to your address");
  }
  return endpoint;
}

/** Who asks, as the ingress in front of the service says: it appends the address to what it was told. */
export function clientAddressOf({
  headers,
  socket,
}: Pick<FastifyRequest, "headers" | "socket">): string {
  const named = headers["x-forwarded-for"];
  if (named === undefined) return socket.remoteAddress ?? "";
  const forwarded = [named].flat().join(",");
  const last = forwarded.split(",").at(-1)?.trim() ?? "";
  return last === "" ? (socket.remoteAddress ?? "") : last;
}

function soon(): AbortSignal {
  return AbortSignal.timeout(LOOKUP_TIMEOUT_MS);
}
