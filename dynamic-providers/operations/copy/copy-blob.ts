import { abortStoreCopy, finishServerSideCopy, startServerSideCopy } from "./server-side";
import type { BlobEntry } from "./blob-entry";
import type { CopyContext } from "./copy-context";
import { CopyError, statusOf, storeCodeOf } from "./copy-error";
import type { BlobPair } from "./copy-plan";
import { currentVersion } from "./current-version";
import { readEntry } from "./listing";
import { relayBlob } from "./relay";
import type { ServerSideGate } from "./server-side-gate";
import { verifyByReading } from "./verify-by-reading";

const SERVER_SIDE_TRIES = 2;

/**
 * Copies one blob, by the store where it can, through this process where it can't.
 *
 * @throws CopyError when neither comes to a good end.
 */
export async function copyBlob(
  context: CopyContext,
  gate: ServerSideGate,
  pair: BlobPair,
): Promise<void> {
  if (!(await copyByStore(context, gate, pair))) await relayBlob(context, pair);
}

/** @returns false when the store refuses to copy by itself. */
async function copyByStore(
  context: CopyContext,
  gate: ServerSideGate,
  pair: BlobPair,
): Promise<boolean> {
  let { source } = pair;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const started = await gate.start(() => startServerSideCopy(context, { ...pair, source }));
      if (started === undefined) return false;
      await finishServerSideCopy(context, started);
      // What the store copied has the source's MD5; where that has none, only reading tells.
      if (source.md5 === undefined) await verifyByReading(context, source);
      return true;
    } catch (error) {
      if (attempt === SERVER_SIDE_TRIES || !(await mayStartAgain(context, source, error)))
        throw error;
      const why = error instanceof Error ? error.message : String(error);
      context.note(`${why}; started once more`);
    }
    context.moved(source.name, 0);
    source = await currentVersion(context, source);
  }
}

/** A failed copy, a source that changed, and a copy of an earlier run that is still pending. */
async function mayStartAgain(
  context: CopyContext,
  source: BlobEntry,
  error: unknown,
): Promise<boolean> {
  if (error instanceof CopyError) return error.code === "ServerSideFailed";
  if (statusOf(error) === 412) return true;
  if (storeCodeOf(error) !== "PendingCopyOperation") return false;
  await abortPendingCopy(context, await readEntry(context.target, source.name, context));
  return true;
}

/** Aborts what a store is still copying onto a blob, if anything. */
export async function abortPendingCopy(
  context: CopyContext,
  target: BlobEntry | undefined,
): Promise<void> {
  if (target?.storeCopy?.status !== "pending") return;
  context.note(`${target.name}: aborting the store's copy that an earlier run left pending`);
  await abortStoreCopy(context, { name: target.name, id: target.storeCopy.id });
}
