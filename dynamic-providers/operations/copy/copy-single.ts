import type { BlobClient, ContainerClient } from "@azure/storage-blob";
import { abortScope } from "./abort-scope";
import type { BlobEntry } from "./blob-entry";
import { contentDifferences } from "./comparison";
import { abortPendingCopy, copyBlob } from "./copy-blob";
import type { CopyContext, CopyEvents } from "./copy-context";
import { CopyError, toCopyError } from "./copy-error";
import type { CopyOptions } from "./copy-options";
import { holdsSameContent } from "./copy-plan";
import { readEntry } from "./listing";
import { prepareCopy } from "./prepare-copy";
import type { ServerSideGate } from "./server-side-gate";
import { openContainer } from "./store-access";

/** One blob, wherever it is, and the container that gets it. */
export interface SingleCopyRequest {
  readonly source: {
    readonly container: ContainerClient;
    readonly blob: BlobClient;
    /** What is to be copied, under the name that it gets. */
    readonly entry: BlobEntry;
    /** Why another store can't read the blob by its address; undefined where it can. */
    readonly unsigned?: string;
    /** Reads the blob's version anew, in the same form. */
    read(): Promise<BlobEntry | undefined>;
  };
  /** SAS URL of a container: read, write, delete and list. */
  readonly targetUrl: string;
  readonly options?: Partial<CopyOptions>;
  readonly events: CopyEvents;
}

/**
 * Makes a container hold one blob of another, and compares the two. A blob that is there already is not
 * copied again, and what an earlier try sent is not sent again.
 *
 * @throws CopyError which says what could not be copied or does not compare.
 */
export async function copySingle({
  source,
  targetUrl,
  options,
  events,
}: SingleCopyRequest): Promise<void> {
  const { entry } = source;
  using scope = abortScope();
  const target = openContainer(targetUrl, "target");
  const { signal } = scope;
  const setting = { source: source.container, target, options, events, signal };
  const { context: common, gate } = prepareCopy(setting);
  const context: CopyContext = {
    ...common,
    source: { getBlobClient: () => source.blob },
    readSource: () => source.read(),
  };
  if (source.unsigned !== undefined && context.options.serverSideCopy !== "never") {
    gate.close(source.unsigned);
  }
  try {
    await copyAndCompare(context, gate, { entry, events });
  } catch (error) {
    throw toCopyError(error, `Copying ${entry.name}`);
  }
}

async function copyAndCompare(
  context: CopyContext,
  gate: ServerSideGate,
  { entry: source, events }: { readonly entry: BlobEntry; readonly events: CopyEvents },
): Promise<void> {
  const there = await readEntry(context.target, source.name, context);
  if (holdsSameContent({ source, target: there })) {
    context.note("is there already");
    return;
  }
  await abortPendingCopy(context, there);
  events.planned({ blobs: 1, bytes: source.sizeBytes });
  await copyBlob(context, gate, { source, target: there });
  const found = await readEntry(context.target, source.name, context);
  const differences = contentDifferences([source], found === undefined ? [] : [found]);
  if (differences.length === 0) return;
  const what = differences.join("; ");
  throw new CopyError("TargetDiffers", `${what}: run again to repeat the copy`);
}
