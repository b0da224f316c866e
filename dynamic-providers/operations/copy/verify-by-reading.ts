import type { BlobEntry } from "./blob-entry";
import { contentMd5 } from "./content-md5";
import type { CopyContext } from "./copy-context";
import { CopyError } from "./copy-error";
import { readEntry } from "./listing";
import { deleteBlob, retouchBlob } from "./target-blob";

/**
 * Compares a copied blob with its source by reading it back, where the content did not pass through here
 * in one piece; then gives it the MD5 that marks it as compared.
 *
 * @throws CopyError `TargetDiffers`, after the blob is removed: nobody shall play it.
 */
export async function verifyByReading(context: CopyContext, source: BlobEntry): Promise<void> {
  const { name } = source;
  const written = await readEntry(context.target, name, context);
  if (written?.sizeBytes !== source.sizeBytes) {
    const found = written === undefined ? "is missing" : `has ${written.sizeBytes} bytes`;
    throw new CopyError(
      "TargetDiffers",
      `${name} ${found} after its copy of ${source.sizeBytes} bytes`,
    );
  }
  const found = await contentMd5({ ...written, blob: context.target.getBlobClient(name) }, context);
  const expected =
    source.md5 ??
    (await contentMd5({ ...source, blob: context.source.getBlobClient(name) }, context)).toString(
      "base64",
    );
  if (found.toString("base64") !== expected) {
    await deleteBlob(context.target, name, context);
    throw new CopyError(
      "TargetDiffers",
      `${name} has MD5 ${expected} in the source, but its copy reads back as ${found.toString("base64")}; ` +
        "the copy was removed, run again to repeat it",
    );
  }
  await retouchBlob(context, source, found);
}
