/** A way to a video: a data center, or the edge in front of all of them. */
export interface Pathway {
  /** Letters, digits, dots, hyphens and underscores: what players call it (RFC 8216bis, 7.1). */
  readonly name: string;
  /** Scheme and host, without a slash at the end. */
  readonly baseUrl: string;
}

/** The ways to one video. */
export interface VideoPathways {
  /** Path of the server manifest, the same on every pathway; begins with a slash, ends without. */
  readonly path: string;
  /** The pathway that the manifest is asked for on. */
  readonly inUse: Pathway;
  /** Where to go when that fails, in order. */
  readonly others: readonly Pathway[];
}

/** Name of the resource beside a video's manifests that says which pathway is best now. */
export const STEERING_RESOURCE = "steering";
