import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { EngineError } from "../errors";
import type { SnapshotChange } from "./snapshot";

/** The first line of a journal. */
interface JournalHeader {
  journal: 1;
  /** Digest of the checkpoint that the changes are made to; empty when there was none. */
  base: string;
}

/**
 * The changes of a run since its checkpoint, appended line by line. Writing the whole checkpoint
 * at each step would cost more than the steps; a line costs one write, and concurrent steps share
 * one fsync. Nothing is on disk until the first {@link sync}.
 */
export class Journal {
  private buffer: string[] = [];
  private handle: FileHandle | undefined;
  private tail: Promise<void> = Promise.resolve();
  private queued: Promise<void> | undefined;

  constructor(
    readonly file: string,
    base: string,
  ) {
    const header: JournalHeader = { journal: 1, base };
    this.buffer.push(JSON.stringify(header));
  }

  /** Notes a change; it is durable after the next {@link sync}. */
  append(change: SnapshotChange): void {
    this.buffer.push(JSON.stringify(change));
  }

  /** Makes all changes so far durable. Calls that come during a write share the next one. */
  sync(): Promise<void> {
    this.queued ??= this.tail = this.tail.then(async () => {
      this.queued = undefined;
      await this.flush();
    });
    return this.queued;
  }

  /** Ends the writing. What was not synced is left out: a checkpoint is about to hold it. */
  async close(): Promise<void> {
    await this.tail;
    await this.handle?.close();
    this.handle = undefined;
  }

  private async flush(): Promise<void> {
    if (this.buffer.length === 0) return;
    const text = `${this.buffer.join("\n")}\n`;
    this.buffer = [];
    if (this.handle === undefined) {
      mkdirSync(path.dirname(this.file), { recursive: true });
      this.handle = await open(this.file, "w", 0o600);
    }
    await this.handle.write(text);
    await this.handle.datasync();
  }
}

/** What an interrupted run left behind. */
export interface JournalContent {
  base: string;
  changes: SnapshotChange[];
}

/**
 * Reads a journal; undefined when there is none. A line that was torn by the crash is the last
 * one, and its step had not begun yet.
 *
 * @throws EngineError when a line before the last one can't be read.
 */
export function readJournal(file: string): JournalContent | undefined {
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  lines.pop(); // what follows the last newline: nothing, or a torn line
  const [first, ...rest] = lines.map((line, index) => parseLine(file, line, index));
  if (first === undefined) return undefined;
  return { base: (first as JournalHeader).base, changes: rest as SnapshotChange[] };
}

function parseLine(file: string, line: string, index: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new EngineError("corrupt-state", `${file}, line ${index + 1}, is not JSON`, { cause });
  }
}

/** Puts aside a journal that does not continue the checkpoint; returns its new name. */
export function setAside(file: string): string {
  const aside = `${file}.${new Date().toISOString().replace(/[:.]/g, "-")}.stale`;
  renameSync(file, aside);
  return aside;
}
