import type { ContainerClient } from "@azure/storage-blob";
import pLimit from "p-limit";
import { abortScope, runTogether } from "./abort-scope";
import type { BlobEntry } from "./blob-entry";
import { type ContentSummary, contentDifferences, fingerprints, summarize } from "./comparison";
import { abortPendingCopy, copyBlob } from "./copy-blob";
import type { CopyContext, CopyEvents } from "./copy-context";
import { CopyError, toCopyError } from "./copy-error";
import type { CopyOptions } from "./copy-options";
import { type BlobPair, type CopyPlan, planCopy } from "./copy-plan";
import { listContainer, readEntry } from "./listing";
import { prepareCopy } from "./prepare-copy";
import type { ServerSideGate } from "./server-side-gate";
import { assertDistinct, openContainer } from "./store-access";
import { deleteBlob, retouchBlob } from "./target-blob";

/** Differences that an error names; the rest are counted. */
const MAX_LISTED = 20;

/** What to copy. */
export interface CopyRequest {
  /** SAS URL of a container: read and list. */
  readonly sourceUrl: string;
  /** SAS URL of a container: read, write, delete and list. */
  readonly targetUrl: string;
  readonly options?: Partial<CopyOptions>;
  /** Names of blobs that are known to have been changed in the target since they were copied. */
  readonly changedInTarget?: readonly string[];
  readonly events: CopyEvents;
}

/** What a finished, compared copy comes to. */
export interface CopyReport extends ContentSummary {
  readonly copied: number;
  readonly unchanged: number;
  /** Blobs of an older source version that were removed from the target. */
  readonly removed: readonly string[];
  /** Blobs in the target that this copy did not make. */
  readonly foreign: readonly string[];
  /** What the copy is made of, by name: length and MD5. */
  readonly blobs: Readonly<Record<string, string>>;
}

/** A copy whose source is a container as a whole. */
interface ContainerCopy extends CopyContext {
  readonly source: ContainerClient;
}

/**
 * Makes a container hold every blob of another, compares the two, and removes what an older version of
 * the source left. Blobs that are there already are not copied again, so that it may be repeated after
 * any stop.
 *
 * @throws CopyError which says what could not be copied or does not compare.
 */
export async function copyContainer(request: CopyRequest): Promise<CopyReport> {
  using scope = abortScope();
  const { context, gate } = openCopy(request, scope.signal);
  const plan = await planAfterAborts(context, new Set(request.changedInTarget));
  allowConflicts(context, plan.conflicts);
  request.events.planned({
    blobs: plan.copy.length,
    bytes: plan.copy.reduce((sum, { source }) => sum + source.sizeBytes, 0),
  });
  await carryOut(context, plan, { gate, scope });

  const [source, target] = await listBoth(context);
  assertEqual(source, target);
  const { stale, foreign } = planCopy(source, target);
  await removeBlobs(context, stale);
  for (const { name } of foreign)
    context.note(`${name} in the target is not from this copy: left alone`);
  const names = new Set(source.map(({ name }) => name));
  const copies = target.filter(({ name }) => names.has(name));
  return {
    ...summarize(copies),
    blobs: fingerprints(copies),
    copied: plan.copy.length,
    unchanged: plan.unchanged.length + plan.retouch.length,
    removed: stale.map(({ name }) => name),
    foreign: foreign.map(({ name }) => name),
  };
}

function openCopy(
  { sourceUrl, targetUrl, options, events }: CopyRequest,
  signal: AbortSignal,
): { context: ContainerCopy; gate: ServerSideGate } {
  const source = openContainer(sourceUrl, "source");
  const target = openContainer(targetUrl, "target");
  assertDistinct(source, target);
  const { context, gate } = prepareCopy({ source, target, options, events, signal });
  const readSource = (name: string): Promise<BlobEntry | undefined> =>
    readEntry(source, name, context);
  return { context: { ...context, source, readSource }, gate };
}

/** Plans the copy, after the store has let go of what earlier runs asked of it. */
async function planAfterAborts(
  context: ContainerCopy,
  changed: ReadonlySet<string>,
): Promise<CopyPlan> {
  const plan = planCopy(...(await listBoth(context)), changed);
  if (plan.pending.length === 0) return plan;
  for (const entry of plan.pending) await abortPendingCopy(context, entry);
  return planCopy(...(await listBoth(context)), changed);
}

/** @throws CopyError `TargetConflict` where what others wrote would be lost, and nobody has allowed that. */
function allowConflicts(context: CopyContext, conflicts: readonly BlobEntry[]): void {
  if (conflicts.length === 0) return;
  const names = conflicts.map(({ name }) => name);
  if (context.options.overwrite) {
    context.note(
      `written in the target by somebody else, and replaced as allowed: ${names.join(", ")}`,
    );
    return;
  }
  throw new CopyError(
    "TargetConflict",
    `The target holds blobs that somebody else wrote, and copying would lose them: ${named(names)}. ` +
      "Take them into the source or delete them in the target and run a refresh, then up; or set `overwriteReplicas: true` for one up, which replaces them",
  );
}

async function listBoth(context: ContainerCopy): Promise<[BlobEntry[], BlobEntry[]]> {
  return Promise.all([
    listContainer(context.source, "source", context),
    listContainer(context.target, "target", context),
  ]);
}

async function carryOut(
  context: CopyContext,
  plan: CopyPlan,
  { gate, scope }: { gate: ServerSideGate; scope: ReturnType<typeof abortScope> },
): Promise<void> {
  const limit = pLimit(context.options.maxConcurrency);
  const task =
    (act: () => Promise<void>, { name }: BlobEntry) =>
    () =>
      limit(async () => {
        scope.signal.throwIfAborted();
        await act().catch((error: unknown) => {
          throw toCopyError(error, `Copying ${name}`);
        });
      });
  await runTogether(scope, [
    ...plan.copy.map((pair) => task(() => copyBlob(context, gate, pair), pair.source)),
    ...plan.retouch.map((pair) => task(() => retouch(context, pair), pair.source)),
  ]);
}

async function retouch(context: CopyContext, { source, target }: BlobPair): Promise<void> {
  const md5 = target?.md5;
  if (md5 !== undefined) await retouchBlob(context, source, Buffer.from(md5, "base64"));
}

function assertEqual(source: readonly BlobEntry[], target: readonly BlobEntry[]): void {
  const differences = contentDifferences(source, target);
  if (differences.length === 0) return;
  throw new CopyError(
    "TargetDiffers",
    `Source and target differ after the copy, run again to repeat it: ${named(differences)}`,
  );
}

/** The first ones; the rest is counted. */
function named(lines: readonly string[]): string {
  const rest = lines.length - MAX_LISTED;
  return [...lines.slice(0, MAX_LISTED), ...(rest > 0 ? [`and ${rest} more`] : [])].join("; ");
}

async function removeBlobs(context: CopyContext, blobs: readonly BlobEntry[]): Promise<void> {
  for (const { name } of blobs) {
    context.note(`${name} is no longer in the source: removed from the target`);
    try {
      await deleteBlob(context.target, name, context);
    } catch (error) {
      throw toCopyError(error, `Removing ${name} from the target`);
    }
  }
}
