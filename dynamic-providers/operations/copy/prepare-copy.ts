import type { ContainerClient } from "@azure/storage-blob";
import type { CopyContext, CopyEvents } from "./copy-context";
import { type CopyOptions, copyOptions } from "./copy-options";
import { RangeBudget } from "./range-budget";
import { ServerSideGate } from "./server-side-gate";
import { ambiguousAccounts } from "./store-access";
import { TagPermission } from "./tag-permission";

const MIB = 1024 * 1024;

/** Between which containers blobs are copied, and how. */
export interface CopySetting {
  readonly source: ContainerClient;
  readonly target: ContainerClient;
  readonly options: Partial<CopyOptions> | undefined;
  readonly events: CopyEvents;
  readonly signal: AbortSignal;
}

/** What blobs of one copy share, but for how the source is read; and who decides who moves the bytes. */
export function prepareCopy({ source, target, options: given, events, signal }: CopySetting): {
  context: Omit<CopyContext, "source" | "readSource">;
  gate: ServerSideGate;
} {
  const options = copyOptions(given);
  const note = (line: string): void => {
    events.note(line);
  };
  const gate = new ServerSideGate(options.serverSideCopy, note);
  const ambiguity = ambiguousAccounts(source, target);
  if (ambiguity !== undefined && options.serverSideCopy !== "never") gate.close(ambiguity);
  const { maxConcurrency: maxRanges, blockSizeMiB, stallTimeoutMs } = options;
  const budget = new RangeBudget({ maxRanges, rangeBytes: blockSizeMiB * MIB });
  const tags = new TagPermission(note);
  const moved = progressMeter(events);
  return { context: { target, options, budget, tags, note, moved, signal, stallTimeoutMs }, gate };
}

/** Adds the progress of single blobs up. */
function progressMeter(events: CopyEvents): CopyContext["moved"] {
  const byBlob = new Map<string, number>();
  let total = 0;
  return (blobName, bytes) => {
    total += bytes - (byBlob.get(blobName) ?? 0);
    byBlob.set(blobName, bytes);
    events.progress(total);
  };
}
