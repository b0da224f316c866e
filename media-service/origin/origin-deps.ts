import type { DirectAccessSettings } from "./direct-access";
import type { BlobStore } from "../ports/blob-store";
import type { Clock } from "../ports/clock";
import type { PublishedAssets } from "../ports/published-assets";

/** How much the origin keeps in memory, and how long it believes it. */
export interface OriginCacheOptions {
  /**
   * How long a locator's or the endpoint's state is believed, in milliseconds.
   *
   * @defaultValue 2000
   */
  readonly lookupMs?: number;
  /**
   * How long an asset's files count as unchanged, in milliseconds. What has to be read
   * notices a change at once; segments kept in memory notice it after this time.
   *
   * @defaultValue 10000
   */
  readonly presentationMs?: number;
  /**
   * Memory for the indexes of assets, in bytes.
   *
   * @defaultValue 16 MiB
   */
  readonly indexBytes?: number;
  /**
   * Memory for segments that were packaged lately, in bytes.
   *
   * @defaultValue 24 MiB
   */
  readonly segmentBytes?: number;
  /**
   * Memory for bodies that clients have not taken yet, in bytes.
   *
   * @defaultValue 48 MiB
   */
  readonly sendingBytes?: number;
}

/** What the origin works with. */
export interface OriginDeps {
  readonly published: PublishedAssets;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  /** Name of the data center, sent as `X-Data-Center` with every answer. */
  readonly dataCenter: string;
  /** Whether `/watch/` and its list of everything published are served. */
  readonly watchPage: boolean;
  /** Whether manifests tell players the other data centers that hold a video. */
  readonly contentSteering: boolean;
  /** What happens to requests that come past the edge; undefined lets all pass. */
  readonly directAccess?: DirectAccessSettings;
  readonly cache?: OriginCacheOptions;
  /** Whether this process is about to end. */
  readonly stopping?: () => boolean;
  /**
   * How long a client may take nothing of its answer, in milliseconds.
   *
   * @defaultValue 30000
   */
  readonly stallMs?: number;
}
