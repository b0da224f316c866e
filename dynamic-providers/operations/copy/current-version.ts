import type { BlobEntry } from "./blob-entry";
import type { CopyContext } from "./copy-context";
import { CopyError } from "./copy-error";

/**
 * Reads the version that a blob of the source has by now, to begin its copy anew.
 *
 * @throws CopyError `SourceChanged` when the blob is gone.
 */
export async function currentVersion(context: CopyContext, old: BlobEntry): Promise<BlobEntry> {
  const found = await context.readSource(old.name);
  if (found !== undefined) return { ...found, tags: old.tags };
  const what = `${old.name} was removed from the source while it was copied`;
  throw new CopyError("SourceChanged", what);
}
