import type { ContainerClient } from "@azure/storage-blob";
import { type BlobEntry, toBlobEntry } from "./blob-entry";
import { statusOf, toCopyError } from "./copy-error";
import { type TransferLimits, withPatience } from "./retries";
import type { StoreRole } from "./store-access";

/** How a listing with tags is refused: not permitted, not in this kind of account, not known. */
const NO_TAGS_STATUSES: ReadonlySet<number> = new Set([400, 403, 409, 501]);

/**
 * Lists a container, with tags where the locator permits them.
 *
 * @throws CopyError when the store can't be reached, or refuses.
 */
export async function listContainer(
  container: ContainerClient,
  role: StoreRole,
  limits: TransferLimits,
): Promise<BlobEntry[]> {
  const list = (includeTags: boolean): Promise<BlobEntry[]> =>
    withPatience(limits, (abortSignal, onMoved) =>
      listAll(container, { abortSignal, includeTags }, onMoved),
    );
  try {
    if (!mayReadTags(container)) return await list(false);
    return await list(true).catch((error: unknown) => {
      if (!NO_TAGS_STATUSES.has(statusOf(error) ?? 0)) throw error;
      return list(false);
    });
  } catch (error) {
    throw toCopyError(error, `Listing the ${role} container ${container.containerName}`);
  }
}

async function listAll(
  container: ContainerClient,
  options: { readonly abortSignal: AbortSignal; readonly includeTags: boolean },
  onMoved: () => void,
): Promise<BlobEntry[]> {
  const entries: BlobEntry[] = [];
  const include = { includeMetadata: true, includeCopy: true };
  for await (const item of container.listBlobsFlat({ ...include, ...options })) {
    entries.push(toBlobEntry(item));
    onMoved();
  }
  return entries;
}

/**
 * Reads what a listing tells about one blob now. (Its properties would tell the same, but lose the case
 * of metadata keys, which HTTP headers do not keep.)
 *
 * @returns undefined when there is no such blob.
 */
export function readEntry(
  container: ContainerClient,
  name: string,
  limits: TransferLimits,
): Promise<BlobEntry | undefined> {
  return withPatience(limits, async (abortSignal) => {
    const options = { prefix: name, includeMetadata: true, includeCopy: true, abortSignal };
    for await (const item of container.listBlobsFlat(options)) {
      if (item.name === name) return toBlobEntry(item);
    }
    return undefined;
  });
}

/** A SAS names its permissions (`sp`), unless a stored policy does, which only the store can read. */
function mayReadTags(container: ContainerClient): boolean {
  return new URL(container.url).searchParams.get("sp")?.includes("t") ?? true;
}
