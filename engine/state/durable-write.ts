import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import path from "node:path";

/**
 * Writes a file so that after a crash it holds either all of the old text or all of the new. A large
 * text can come in parts, so that it is never in memory as a whole.
 */
export function writeDurably(file: string, text: string | Iterable<string>): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = openSync(temporary, "w", 0o600);
  try {
    for (const part of typeof text === "string" ? [text] : text) writeSync(handle, part);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}
