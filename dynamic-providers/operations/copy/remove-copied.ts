import { abortScope } from "./abort-scope";
import type { BlobEntry } from "./blob-entry";
import { statusOf, storeCodeOf, toCopyError } from "./copy-error";
import { copyOptions } from "./copy-options";
import { listContainer } from "./listing";
import { abortStoreCopy } from "./server-side";
import { openContainer } from "./store-access";
import { deleteBlob } from "./target-blob";

/** Lists what copies have put into a container; blobs that somebody else put there are left out. */
async function listCopied(targetUrl: string): Promise<BlobEntry[]> {
  return (await listTarget(targetUrl)).filter(({ copiedFrom }) => copiedFrom !== undefined);
}

/**
 * Lists everything in a target; a container that is gone holds nothing.
 *
 * @param targetUrl - SAS URL of the container: list.
 */
export async function listTarget(targetUrl: string): Promise<BlobEntry[]> {
  using scope = abortScope();
  const { stallTimeoutMs } = copyOptions();
  const container = openContainer(targetUrl, "target");
  try {
    return await listContainer(container, "target", { signal: scope.signal, stallTimeoutMs });
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/**
 * Removes what copies have put into a container, and nothing else; a container that is gone is fine.
 *
 * @param targetUrl - SAS URL of the container: write, delete and list.
 * @returns the names of the removed blobs.
 */
export async function removeCopied(targetUrl: string): Promise<string[]> {
  using scope = abortScope();
  const { stallTimeoutMs } = copyOptions();
  const target = openContainer(targetUrl, "target");
  const copied = await listCopied(targetUrl);
  for (const { name, storeCopy } of copied) {
    try {
      if (storeCopy?.status === "pending") {
        await abortStoreCopy({ target, stallTimeoutMs }, { name, id: storeCopy.id });
      }
      await deleteBlob(target, name, { signal: scope.signal, stallTimeoutMs });
    } catch (error) {
      if (!isGone(error)) throw toCopyError(error, `Removing ${name} from the target`);
    }
  }
  return copied.map(({ name }) => name);
}

/** A container that is not there, or on its way out. */
function isGone(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const status = statusOf(cause);
  return status === 404 || (status === 409 && storeCodeOf(cause) === "ContainerBeingDeleted");
}
