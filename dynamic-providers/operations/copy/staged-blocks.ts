import type { BlockBlobClient } from "@azure/storage-blob";
import type { Block } from "./block-layout";
import { statusOf } from "./copy-error";
import { type TransferLimits, withPatience } from "./retries";

/**
 * Finds the blocks that an earlier run left uncommitted in the target.
 *
 * @returns those of this layout that need not be sent again.
 */
export async function findStagedBlocks(
  target: BlockBlobClient,
  blocks: readonly Block[],
  limits: TransferLimits,
): Promise<ReadonlySet<string>> {
  const staged = new Map<string, number>();
  try {
    const list = await withPatience(limits, (abortSignal) =>
      target.getBlockList("uncommitted", { abortSignal }),
    );
    for (const { name, size } of list.uncommittedBlocks ?? []) staged.set(name, size);
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
  const fitting = blocks.filter(({ id, sizeBytes }) => staged.get(id) === sizeBytes);
  return new Set(fitting.map(({ id }) => id));
}

/**
 * Tells whether a blob is made of exactly these blocks, in this order. Each was checked by its MD5 when
 * it arrived, so this proves the whole without reading it.
 */
export async function isMadeOf(
  target: BlockBlobClient,
  blocks: readonly Block[],
  limits: TransferLimits,
): Promise<boolean> {
  const { committedBlocks = [] } = await withPatience(limits, (abortSignal) =>
    target.getBlockList("committed", { abortSignal }),
  );
  return (
    committedBlocks.length === blocks.length &&
    committedBlocks.every(({ name, size }, index) => {
      const block = blocks[index];
      return block?.id === name && block.sizeBytes === size;
    })
  );
}
