import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** Writes a file so that a reader, or a crash, sees the whole old or the whole new content. */
export function writeDurably(path: string, content: string, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid.toString()}.new`;
  const file = openSync(draft, "w", mode);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

/**
 * Reads a JSON file, or answers `undefined` when there is none.
 *
 * @throws Error naming the file when its content is not JSON.
 */
export function readJson(path: string): unknown {
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, "utf8");
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(
      `${path} is not valid JSON; restore it from a backup, or run "npm run reset" to start anew`,
      { cause },
    );
  }
}
