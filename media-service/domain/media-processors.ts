/** Media Services v2, "MediaProcessor": what a task can be run with. */
export interface MediaProcessor {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly sku: string;
  readonly vendor: string;
  /** Exactly `major.minor`: clients read it as a version and as a number. */
  readonly version: string;
  /** Whether tasks are run with it; others are listed because clients look them up. */
  readonly offered: boolean;
}

/** The processors of this account; the ids are the ones that the service has always given. */
export const MEDIA_PROCESSORS: readonly MediaProcessor[] = [
  {
    id: "nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56",
    name: "Media Encoder Standard",
    description: "Media Encoder Standard",
    sku: "",
    vendor: "Microsoft",
    version: "1.1",
    offered: true,
  },
  {
    id: "nb:mpid:UUID:aec03716-7c5e-4f68-b592-f4850eba9f10",
    name: "Storage Decryption",
    description: "Storage Decryption",
    sku: "",
    vendor: "Microsoft",
    version: "1.0",
    offered: false,
  },
];
