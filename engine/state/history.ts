import path from "node:path";
import { writeDurably } from "./durable-write";

/** A run, for the record. */
export interface HistoryEntry {
  stack: string;
  kind: "update" | "refresh" | "destroy";
  startedAt: Date;
  succeeded: boolean;
  /** What each step did. */
  changes: readonly string[];
}

const NANOSECONDS_PER_MS = 1_000_000n;

/**
 * Adds a run to a stack's history, where `pulumi stack history` finds it.
 * Source: https://github.com/pulumi/pulumi/blob/master/pkg/backend/updates.go
 */
export function writeHistory(directory: string, entry: HistoryEntry): void {
  const resourceChanges: Record<string, number> = {};
  for (const op of entry.changes) resourceChanges[op] = (resourceChanges[op] ?? 0) + 1;
  const nanoseconds = BigInt(Date.now()) * NANOSECONDS_PER_MS;
  const file = path.join(directory, `${entry.stack}-${nanoseconds}.history.json`);
  const update = {
    kind: entry.kind,
    startTime: Math.floor(entry.startedAt.getTime() / 1000),
    message: "",
    environment: { "exec.kind": "twinstream.engine" },
    config: {},
    version: 0,
    result: entry.succeeded ? "succeeded" : "failed",
    endTime: Math.floor(Date.now() / 1000),
    resourceChanges,
  };
  writeDurably(file, JSON.stringify(update));
}
