import { abortScope, runTogether } from "./abort-scope";
import type { BlobEntry } from "./blob-entry";
import { type Block, blockLayout, blockSizeBytes } from "./block-layout";
import type { CopyContext } from "./copy-context";
import { CopyError } from "./copy-error";
import type { BlobPair } from "./copy-plan";
import { currentVersion } from "./current-version";
import { OrderedDigest } from "./ordered-digest";
import { readRange, stageRange } from "./range-transfer";
import { findStagedBlocks, isMadeOf } from "./staged-blocks";
import { commitBlob } from "./target-blob";
import { verifyByReading } from "./verify-by-reading";

/** Versions of one blob that are begun before a source that keeps changing is given up. */
const MAX_VERSIONS = 3;

/**
 * Copies one blob through this process: ranges of the source become blocks of the target, several at
 * once, under the MD5 of each. Blocks that an earlier run staged are not sent again. A blob that changes
 * meanwhile is begun anew.
 *
 * @throws CopyError when the source keeps changing or does not have its stored MD5, or the target does
 * not end up with the source's content.
 */
export async function relayBlob(context: CopyContext, pair: BlobPair): Promise<void> {
  let { source } = pair;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await relayVersion(context, { source, target: pair.target });
      return;
    } catch (error) {
      const changed = error instanceof CopyError && error.code === "SourceChanged";
      if (!changed || attempt === MAX_VERSIONS) throw error;
    }
    source = await currentVersion(context, source);
    context.note(`${source.name} changed in the source while it was copied: begun anew`);
    context.moved(source.name, 0);
  }
}

async function relayVersion(context: CopyContext, pair: BlobPair): Promise<void> {
  const { source } = pair;
  const to = context.target.getBlockBlobClient(source.name);
  const blocks = blockLayout(
    source,
    blockSizeBytes(context.options.blockSizeMiB, source.sizeBytes),
  );
  const staged =
    blocks.length > 1 ? await findStagedBlocks(to, blocks, context) : new Set<string>();
  const missing = blocks.filter(({ id }) => !staged.has(id));
  if (staged.size > 0)
    context.note(`${source.name}: going on after ${staged.size} of ${blocks.length} blocks`);

  // Only content that passes whole, in order, can be hashed on its way.
  const digest = staged.size === 0 ? new OrderedDigest() : undefined;
  await sendBlocks(context, { source, blocks: missing, digest });
  const md5 = digest?.digest();
  if (md5 !== undefined) assertStoredMd5(source, md5);
  await commitBlob(context, pair, { blocks, md5 });
  if (blocks.length > 1 && !(await isMadeOf(to, blocks, context))) {
    throw new CopyError(
      "TargetDiffers",
      `${source.name} is not made of the blocks that were committed`,
    );
  }
  if (md5 === undefined) await verifyByReading(context, source);
}

interface BlockWork {
  readonly source: BlobEntry;
  /** Those to send. */
  readonly blocks: readonly Block[];
  /** Hears all content in order, where all of it is sent. */
  readonly digest: OrderedDigest | undefined;
}

async function sendBlocks(
  context: CopyContext,
  { source, blocks, digest }: BlockWork,
): Promise<void> {
  const from = { blob: context.source.getBlobClient(source.name), etag: source.etag };
  const to = context.target.getBlockBlobClient(source.name);
  let moved = source.sizeBytes - blocks.reduce((sum, block) => sum + block.sizeBytes, 0);
  context.moved(source.name, moved);
  using scope = abortScope(context.signal);
  const limits = { signal: scope.signal, stallTimeoutMs: context.stallTimeoutMs };
  const send = async (block: Block, bytes: Buffer): Promise<void> => {
    try {
      scope.signal.throwIfAborted();
      await readRange(from, { block, bytes }, limits);
      await runTogether(scope, [
        () => stageRange(to, { block, bytes }, limits),
        async () => digest?.add(block.index, bytes),
      ]);
    } catch (error) {
      digest?.fail(error);
      throw error;
    }
    moved += block.sizeBytes;
    context.moved(source.name, moved);
  };
  await runTogether(
    scope,
    blocks.map(
      (block) => () => context.budget.run(block.sizeBytes, (memory) => send(block, memory)),
    ),
  );
}

function assertStoredMd5(source: BlobEntry, md5: Buffer): void {
  const found = md5.toString("base64");
  if (source.md5 === undefined || source.md5 === found) return;
  throw new CopyError(
    "SourceDamaged",
    `${source.name}: the source stores MD5 ${source.md5}, but its content has ${found}; ` +
      "repair or replace the blob in the source, then run again",
  );
}
