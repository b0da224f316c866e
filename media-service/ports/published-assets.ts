import type { AllowedAddress } from "../domain/streaming-endpoint";

/** What an OnDemandOrigin locator stands for right now. */
export interface PublishedAsset {
  readonly locatorId: string;
  readonly assetId: string;
  readonly assetName: string;
  /** The asset's blob container. */
  readonly container: string;
  readonly availableFrom: Date;
  readonly expiresAt: Date;
  /** Why it must not be streamed; undefined when it may. */
  readonly refusal?: string;
}

/** What of a streaming endpoint decides over answers. */
export interface EndpointInUse {
  /** Whether it is in state Running. */
  readonly running: boolean;
  /** Null: anybody. */
  readonly allowedAddresses: readonly AllowedAddress[] | null;
  /** How long manifests and segments may be kept; null: as the origin sees fit. */
  readonly maxAgeSeconds: number | null;
  /** What Silverlight asks for before it plays in pages of other sites; null: there is none. */
  readonly clientAccessPolicy: string | null;
  /** The same for Flash. */
  readonly crossDomainPolicy: string | null;
}

/** How the origin looks at the account. Implemented by `services/published-assets.ts`. */
export interface PublishedAssets {
  /**
   * The asset behind a locator's guid (the first segment of a streaming URL); undefined when no
   * origin locator has that guid. Expired and future ones are returned: the origin tells them apart.
   */
  find(locatorGuid: string, signal?: AbortSignal): Promise<PublishedAsset | undefined>;
  /** Whether an origin locator that {@link find} does not find was deleted of late. */
  wasDeleted(locatorGuid: string, signal?: AbortSignal): Promise<boolean>;
  /** What origin locators publish now, read as it is taken; for the watch page's list and for `/readyz`. */
  each(signal?: AbortSignal): AsyncIterable<PublishedAsset>;
  /** The account's default streaming endpoint as it is now. */
  endpoint(signal?: AbortSignal): Promise<EndpointInUse>;
}
