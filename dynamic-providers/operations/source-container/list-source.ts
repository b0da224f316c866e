import { type BlobEntry, toBlobEntry } from "../copy/blob-entry";
import { containerAddress } from "./container-address";
import { openSourceContainer } from "./open-container";
import { sourceFault } from "./source-fault";

/** Everything below a prefix, or why it can't be listed. */
export type SourceListing = { readonly blobs: readonly BlobEntry[] } | { readonly fault: string };

/** Lists the blobs of a container, page by page, sorted by name as stores do. */
export async function listSource({
  container,
  prefix,
}: {
  readonly container: string;
  readonly prefix: string;
}): Promise<SourceListing> {
  try {
    const { client } = await openSourceContainer(container);
    const blobs: BlobEntry[] = [];
    for await (const item of client.listBlobsFlat({ ...(prefix !== "" && { prefix }) })) {
      blobs.push(toBlobEntry(item));
    }
    return { blobs };
  } catch (error) {
    const address = containerAddress(container);
    if (address === undefined) throw error;
    return { fault: sourceFault(error, address) };
  }
}
