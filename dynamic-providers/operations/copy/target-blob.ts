import type { BlobRequestConditions, BlockBlobClient, ContainerClient } from "@azure/storage-blob";
import { type BlobEntry, quotedEtag, targetHeaders, targetMetadata } from "./blob-entry";
import type { Block } from "./block-layout";
import type { CopyContext } from "./copy-context";
import { CopyError, statusOf } from "./copy-error";
import type { BlobPair } from "./copy-plan";
import { readEntry } from "./listing";
import { type TransferLimits, withPatience } from "./retries";

/** What a blob is committed with. */
export interface CommitContent {
  /** Staged already, in order; none make an empty blob. */
  readonly blocks: readonly Block[];
  /** Left out as long as the content was not compared: a blob with an MD5 counts as copied. */
  readonly md5: Buffer | undefined;
}

/**
 * Makes the target blob of staged blocks, with the source's headers, metadata, tier and tags; only if
 * nobody else wrote it since it was listed.
 *
 * @throws CopyError `TargetChanged` when somebody did.
 */
export async function commitBlob(
  context: CopyContext,
  { source, target }: BlobPair,
  content: CommitContent,
): Promise<void> {
  const to = context.target.getBlockBlobClient(source.name);
  const options = {
    blobHTTPHeaders: targetHeaders(source, content.md5),
    metadata: targetMetadata(source),
    conditions: unchangedSince(target),
    ...(source.tier === undefined ? {} : { tier: source.tier }),
  };
  try {
    await withPatience(context, (abortSignal) =>
      context.tags.write(source.tags, (tags) =>
        write(to, content.blocks, { ...options, ...tags, abortSignal }),
      ),
    );
  } catch (error) {
    if (!isConflict(error)) throw error;
    // A commit whose answer got lost is sent again, and then meets its own blob.
    const found = await readEntry(context.target, source.name, context);
    if (found?.copiedFrom === source.etag && found.sizeBytes === source.sizeBytes) return;
    const what = `${source.name} was written in the target by somebody else while it was copied`;
    throw new CopyError("TargetChanged", `${what}; run again to compare it anew`, error);
  }
}

type WriteOptions = NonNullable<Parameters<BlockBlobClient["commitBlockList"]>[1]>;

function write(
  to: BlockBlobClient,
  blocks: readonly Block[],
  options: WriteOptions,
): Promise<unknown> {
  if (blocks.length === 0) return to.upload("", 0, options);
  return to.commitBlockList(
    blocks.map(({ id }) => id),
    options,
  );
}

function unchangedSince(target: BlobEntry | undefined): BlobRequestConditions {
  return target === undefined ? { ifNoneMatch: "*" } : { ifMatch: quotedEtag(target.etag) };
}

function isConflict(error: unknown): boolean {
  const status = statusOf(error);
  return status === 412 || status === 409;
}

/** Gives a blob, whose content is compared, its MD5 and the source's other headers and metadata. */
export async function retouchBlob(
  context: CopyContext,
  source: BlobEntry,
  md5: Buffer,
): Promise<void> {
  const to = context.target.getBlobClient(source.name);
  // Metadata last: a blob without it is looked at again by the next run.
  const [headers, metadata] = [targetHeaders(source, md5), targetMetadata(source)];
  await withPatience(context, (abortSignal) => to.setHTTPHeaders(headers, { abortSignal }));
  await withPatience(context, (abortSignal) => to.setMetadata(metadata, { abortSignal }));
}

/** Removes a blob; one that is gone already is fine. */
export async function deleteBlob(
  container: ContainerClient,
  name: string,
  limits: TransferLimits,
): Promise<void> {
  const blob = container.getBlobClient(name);
  await withPatience(limits, (abortSignal) => blob.deleteIfExists({ abortSignal }));
}
