import type { BlobStore } from "../ports/blob-store";

/** Assets hold a handful of files; looking further would let one odd container slow everyone. */
const MAX_BLOBS_LOOKED_AT = 500;

/** Name of the asset's first server manifest; undefined when there is none. */
export async function findServerManifest(
  blobs: Pick<BlobStore, "list">,
  container: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  let seen = 0;
  for await (const { name } of blobs.list(container, signal)) {
    if (name.toLowerCase().endsWith(".ism")) return name;
    if (++seen >= MAX_BLOBS_LOOKED_AT) return undefined;
  }
  return undefined;
}
