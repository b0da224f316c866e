import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Ids of assets, access policies, jobs and locators, as a state file holds them. */
const idPattern = /nb:(?:cid|pid|jid|lid):UUID:[0-9a-fA-F-]{36}/g;

/**
 * Every id that some stack of a file backend knows, in lower case. The files are read as text: an id
 * counts as owned wherever it stands, also in an operation that was interrupted.
 */
export function ownedIds(stateDirectory: string): Set<string> {
  const stacks = join(stateDirectory, ".pulumi", "stacks");
  const ids = jsonFilesUnder(stacks).flatMap(
    (file) => readFileSync(file, "utf8").match(idPattern) ?? [],
  );
  return new Set(ids.map((id) => id.toLowerCase()));
}

/** Stacks that a deployment works on right now: what it makes is not in its state yet. */
export function lockedStacks(stateDirectory: string): string[] {
  const locks = join(stateDirectory, ".pulumi", "locks");
  return jsonFilesUnder(locks).filter((file) => {
    const { pid } = JSON.parse(readFileSync(file, "utf8")) as { pid?: number };
    return pid === undefined || isAlive(pid);
  });
}

function jsonFilesUnder(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map((entry) => join(entry.parentPath, entry.name));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
