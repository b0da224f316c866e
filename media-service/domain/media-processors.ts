/** Media Services v2, "MediaProcessor": what a task can be run with. */
export interface MediaProcessor {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly sku: string;
  readonly vendor: string;
  /** Exactly `major.minor`: clients read it as a version and as a number. */
  readonly version: string;
}

/** The processors of this account; the id is the one that the service has always given. */
export const MEDIA_PROCESSORS: readonly MediaProcessor[] = [
  {
    id: "nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56",
    name: "Media Encoder Standard",
    description: "Media Encoder Standard",
    sku: "",
    vendor: "Microsoft",
    version: "1.1",
  },
];
