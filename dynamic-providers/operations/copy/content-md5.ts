import { abortScope, runTogether } from "./abort-scope";
import { blockLayout, blockSizeBytes } from "./block-layout";
import type { CopyContext } from "./copy-context";
import { OrderedDigest } from "./ordered-digest";
import { type RangeSource, readRange } from "./range-transfer";

/**
 * Computes the MD5 of a stored blob by reading all of it, several ranges at once.
 *
 * @throws CopyError `SourceChanged` when the blob is another version by now.
 */
export async function contentMd5(
  from: RangeSource & { readonly sizeBytes: number },
  context: CopyContext,
): Promise<Buffer> {
  const digest = new OrderedDigest();
  const blocks = blockLayout(from, blockSizeBytes(context.options.blockSizeMiB, from.sizeBytes));
  using scope = abortScope(context.signal);
  await runTogether(
    scope,
    blocks.map(
      (block) => () =>
        context.budget.run(block.sizeBytes, async (bytes) => {
          try {
            const { stallTimeoutMs } = context;
            await readRange(from, { block, bytes }, { signal: scope.signal, stallTimeoutMs });
            await digest.add(block.index, bytes);
          } catch (error) {
            digest.fail(error);
            throw error;
          }
        }),
    ),
  );
  return digest.digest();
}
