import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { EngineError } from "../errors";
import { isRunning, startOf } from "./process-identity";

/** A lock file's content: the official CLI's, and when the process started. */
interface LockContent {
  pid: number;
  username: string;
  hostname: string;
  timestamp: string;
  started?: string;
}

interface HeldLock extends LockContent {
  file: string;
}

/** The right to change a stack: a file in the stack's lock directory, as the official CLI keeps it. */
export class StackLock {
  private constructor(private readonly file: string) {}

  /**
   * Takes the lock. Locks of processes that are gone are taken over, with a warning.
   *
   * @throws EngineError when a process that may still run holds it.
   */
  static take(directory: string, warn: (text: string) => void): StackLock {
    mkdirSync(directory, { recursive: true });
    clearStale(directory, warn);
    const lock = new StackLock(path.join(directory, `${randomUUID()}.json`));
    writeFileSync(lock.file, JSON.stringify(ownContent()));
    const others = heldLocks(directory).filter(({ file }) => file !== lock.file);
    if (others.length === 0) return lock;
    lock.release();
    throw lockedBy(others);
  }

  release(): void {
    rmSync(this.file, { force: true });
  }
}

/** Removes every lock of a stack, whoever holds it; returns who held them. */
export function cancelLocks(directory: string): string[] {
  return heldLocks(directory).map((lock) => {
    rmSync(lock.file, { force: true });
    return describe(lock);
  });
}

function clearStale(directory: string, warn: (text: string) => void): void {
  const held = heldLocks(directory);
  const live = held.filter((lock) => !isStale(lock));
  if (live.length > 0) throw lockedBy(live);
  for (const lock of held) {
    warn(`an earlier run did not end properly; its lock is taken over (${describe(lock)})`);
    rmSync(lock.file, { force: true });
  }
}

function heldLocks(directory: string): HeldLock[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      const file = path.join(directory, name);
      const content = readLock(file);
      return content === undefined ? [] : [{ ...content, file }];
    });
}

/** A lock that vanished meanwhile is none; one that can't be read was torn by a crash. */
function readLock(file: string): LockContent | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as LockContent;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return { pid: 0, username: "unknown", hostname: os.hostname(), timestamp: "an unknown time" };
  }
}

/** Of this machine, and of a process that is gone, or whose id another process has by now. */
function isStale({ hostname, pid, started }: LockContent): boolean {
  if (hostname !== os.hostname()) return false;
  if (pid === 0 || !isRunning(pid)) return true;
  const start = started === undefined ? undefined : startOf(pid);
  return start !== undefined && start !== started;
}

function ownContent(): LockContent {
  const started = startOf(process.pid);
  return {
    pid: process.pid,
    username: os.userInfo().username,
    hostname: os.hostname(),
    timestamp: new Date().toISOString(),
    ...(started === undefined ? {} : { started }),
  };
}

function describe({ username, hostname, pid, timestamp }: LockContent): string {
  return `created by ${username}@${hostname} (pid ${pid}) at ${timestamp}`;
}

function lockedBy(locks: LockContent[]): EngineError {
  return new EngineError(
    "locked",
    `the stack is locked: ${locks.map(describe).join("; ")}. Wait for that run to end, or, if it is ` +
      "gone, remove the lock with `cancel`.",
  );
}
