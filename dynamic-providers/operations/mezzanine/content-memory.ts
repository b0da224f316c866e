import { createHash, randomUUID } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { PROJECT_ROOT } from "../project-paths";
import { type FileContent, readContent, sourcePath } from "./source-file";

/** Git-ignored, and safe to lose: what is not remembered is read again. */
const MEMORY = path.join(PROJECT_ROOT, ".twinstream", "content-hashes");

/** A file that changed so lately may change once more without its times showing it. */
const SETTLED_AFTER_NS = 2_000_000_000n;

/** What of a file's content decides about encoding. */
export type ContentIdentity = Omit<FileContent, "md5">;

interface Remembered extends ContentIdentity {
  /** What the file looked like when it was read. */
  readonly look: string;
}

/** Where and when files are remembered. */
export interface ContentMemoryOptions {
  readonly folder?: string;
  readonly now?: () => bigint;
}

/**
 * What a file holds. A file that was read before is not read again while it looks the same: its place on
 * the disk, length, and times of the last change of its content and of its inode. Programs can set the
 * first of these times back, not the second.
 */
export async function contentOf(
  file: string,
  { folder = MEMORY, now = () => BigInt(Date.now()) * 1_000_000n }: ContentMemoryOptions = {},
): Promise<ContentIdentity> {
  const place = sourcePath(file);
  const before = await stat(place, { bigint: true });
  const note = path.join(folder, `${createHash("sha256").update(place).digest("hex")}.json`);
  const known = await recall(note);
  if (known?.look === lookOf(before)) {
    return { contentSha256: known.contentSha256, sizeBytes: known.sizeBytes };
  }
  const startedAt = now();
  const { contentSha256, sizeBytes } = await readContent(file);
  const after = await stat(place, { bigint: true });
  const isSettled = startedAt - before.ctimeNs > SETTLED_AFTER_NS;
  if (isSettled && lookOf(after) === lookOf(before)) {
    await remember(note, { look: lookOf(after), contentSha256, sizeBytes });
  }
  return { contentSha256, sizeBytes };
}

function lookOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
}

/** Undefined also when the note is damaged. */
async function recall(note: string): Promise<Remembered | undefined> {
  try {
    const { look, contentSha256, sizeBytes } = JSON.parse(
      await readFile(note, "utf8"),
    ) as Partial<Remembered>;
    if (typeof look !== "string" || typeof sizeBytes !== "number") return undefined;
    if (!/^[0-9a-f]{64}$/.test(contentSha256 ?? "")) return undefined;
    return { look, sizeBytes, contentSha256: contentSha256 ?? "" };
  } catch {
    return undefined; // not there, or torn: the file is read
  }
}

async function remember(note: string, content: Remembered): Promise<void> {
  const torn = `${note}.${randomUUID()}.tmp`;
  try {
    await mkdir(path.dirname(note), { recursive: true });
    await writeFile(torn, JSON.stringify(content));
    await rename(torn, note);
  } catch {
    // A place that can't be written only costs time.
    await rm(torn, { force: true }).catch(() => undefined);
  }
}
