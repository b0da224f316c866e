import { setTimeout as sleep } from "node:timers/promises";
import { abortScope } from "./abort-scope";
import { type BlobEntry, quotedEtag, targetMetadata } from "./blob-entry";
import type { CopyContext } from "./copy-context";
import { CopyError, describeStoreError, statusOf, storeCodeOf } from "./copy-error";
import type { BlobPair } from "./copy-plan";
import { withPatience } from "./retries";

const FIRST_POLL_MS = 200;
const POLL_GROWTH = 1.5;

/** A copy that the target store has accepted. */
export interface StartedCopy {
  readonly source: BlobEntry;
  readonly copyId: string;
  /** True when the store was done before it answered. */
  readonly done: boolean;
}

/**
 * Asks the target store to fetch a blob from the source by itself.
 *
 * @throws the store's error when it does not accept: `serverSideRefusal` tells what it means.
 */
export async function startServerSideCopy(
  context: CopyContext,
  { source }: BlobPair,
): Promise<StartedCopy> {
  const to = context.target.getBlobClient(source.name);
  const { url } = context.source.getBlobClient(source.name);
  const started = await withPatience(context, (abortSignal) =>
    context.tags.write(source.tags, (tags) =>
      to.beginCopyFromURL(url, {
        abortSignal,
        metadata: targetMetadata(source),
        sourceConditions: { ifMatch: quotedEtag(source.etag) },
        ...(source.tier === undefined ? {} : { tier: source.tier }),
        ...tags,
      }),
    ),
  );
  // The SDK's own poller is not used beyond the start: it waits for ever on an aborted copy.
  const state: { copyId?: string; isCompleted?: boolean } = started.getOperationState();
  const { copyId, isCompleted } = state;
  if (copyId === undefined) {
    throw new CopyError(
      "ServerSideFailed",
      `${source.name}: the store started a copy without an id`,
    );
  }
  return { source, copyId, done: isCompleted === true };
}

/**
 * Follows a copy until the store has finished it.
 *
 * @throws CopyError `ServerSideFailed` with the store's description when it failed, was aborted, gave
 * way to another copy, or stopped making progress.
 */
export async function finishServerSideCopy(context: CopyContext, copy: StartedCopy): Promise<void> {
  try {
    if (!copy.done) await pollUntilDone(context, copy);
  } catch (error) {
    // Else it would go on behind our back, and stand in the way of the next run.
    const { name } = copy.source;
    await abortStoreCopy(context, { name, id: copy.copyId }).catch((abortError: unknown) => {
      context.note(`${name}: aborting its copy failed as well: ${describeStoreError(abortError)}`);
    });
    throw error;
  }
  context.moved(copy.source.name, copy.source.sizeBytes);
}

async function pollUntilDone(context: CopyContext, { source, copyId }: StartedCopy): Promise<void> {
  const { serverSideStallTimeoutMs: stallTimeoutMs, longestPollMs } = context.options;
  let lastProgress = "";
  let deadline = Date.now() + stallTimeoutMs;
  for (let pause = FIRST_POLL_MS; ; pause *= POLL_GROWTH) {
    const progress = await lookAtCopy(context, { source, copyId });
    if (progress === undefined) return;
    if (progress !== lastProgress) deadline = Date.now() + stallTimeoutMs;
    lastProgress = progress;
    context.moved(source.name, Number(progress.split("/")[0]));
    if (Date.now() > deadline) {
      throw failed(source, `no progress for ${stallTimeoutMs} ms (at ${progress})`);
    }
    await sleep(Math.min(pause, longestPollMs), undefined, { signal: context.signal });
  }
}

/** Answers the progress of a pending copy as `bytes/bytes`; undefined when it is done. */
async function lookAtCopy(
  context: CopyContext,
  { source, copyId }: Pick<StartedCopy, "source" | "copyId">,
): Promise<string | undefined> {
  const blob = context.target.getBlobClient(source.name);
  const state = await withPatience(context, (abortSignal) => blob.getProperties({ abortSignal }));
  if (state.copyId !== copyId) throw failed(source, "another copy took its place");
  if (state.copyStatus === "success") return undefined;
  if (state.copyStatus === "pending") return state.copyProgress ?? "0";
  const why = state.copyStatusDescription ?? "the store gave no reason";
  throw failed(source, `${state.copyStatus ?? "without a status"}: ${why}`);
}

function failed(source: BlobEntry, why: string): CopyError {
  return new CopyError("ServerSideFailed", `The store's copy of ${source.name} ended: ${why}`);
}

/** Aborts a copy that a store is doing; one that has ended, or whose blob is gone, is left as it is. */
export async function abortStoreCopy(
  context: Pick<CopyContext, "target" | "stallTimeoutMs">,
  { name, id }: { readonly name: string; readonly id: string },
): Promise<void> {
  // Its own scope: the copy's may be what just ended.
  using scope = abortScope();
  const limits = { signal: scope.signal, stallTimeoutMs: context.stallTimeoutMs };
  const blob = context.target.getBlobClient(name);
  try {
    await withPatience(limits, (abortSignal) => blob.abortCopyFromURL(id, { abortSignal }));
  } catch (error) {
    const ended =
      storeCodeOf(error) === "NoPendingCopyOperation" || storeCodeOf(error) === "CopyIdMismatch";
    if (!ended && statusOf(error) !== 404) throw error;
  }
}
