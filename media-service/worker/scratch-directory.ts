import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { performance } from "node:perf_hooks";

/** Tells this process from an earlier one of the same id, as the first process of a container has. */
const STARTED_AT = Math.floor(performance.timeOrigin);
const NAME = /^encode-(\d+)-(\d+)-/;

/** A directory of one job on this machine; gone when it is disposed of. */
export class ScratchDirectory implements AsyncDisposable {
  private constructor(private readonly directory: string) {}

  /** Makes one below a common directory. */
  static async create(parent: string): Promise<ScratchDirectory> {
    await mkdir(parent, { recursive: true });
    const prefix = path.join(parent, `encode-${process.pid}-${STARTED_AT}-`);
    return new ScratchDirectory(await mkdtemp(prefix));
  }

  /** The path of a file in it. */
  file(name: string): string {
    return path.join(this.directory, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeDirectory(this.directory);
  }
}

/** Removes what processes that no longer run have left below a directory; answers how many. */
export async function sweepScratch(parent: string): Promise<number> {
  await mkdir(parent, { recursive: true });
  const names = await readdir(parent);
  const dead = names.filter(isLeftOver);
  for (const name of dead) await removeDirectory(path.join(parent, name));
  return dead.length;
}

function isLeftOver(name: string): boolean {
  const match = NAME.exec(name);
  if (!match) return false;
  const pid = Number(match[1]);
  return pid === process.pid ? Number(match[2]) !== STARTED_AT : !isRunning(pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** An encoder that is just being killed may still hold its files on some systems. */
async function removeDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
