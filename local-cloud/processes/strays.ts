import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { readJson, writeDurably } from "../storage/durable-file";

const run = promisify(execFile);
const pollMs = 100;

/** A child as the pid file remembers it. */
export interface RememberedProcess {
  pid: number;
  /** Unique title it was started with; a pid alone may by now be somebody else's. */
  title: string;
}

/** The pid file: which children run, for the start after a kill -9 of the local cloud. */
export class ProcessFile {
  constructor(private readonly file: string) {}

  read(): RememberedProcess[] {
    return (readJson(this.file) ?? []) as RememberedProcess[];
  }

  write(processes: readonly RememberedProcess[]): void {
    writeDurably(this.file, `${JSON.stringify(processes, null, 2)}\n`);
  }
}

/**
 * Ends children that outlived an earlier local cloud: politely first, so that a store can save what
 * it holds, then by force. A process that doesn't carry the remembered title is never touched.
 *
 * @returns The titles of the processes that were ended.
 */
export async function endStrays(
  remembered: readonly RememberedProcess[],
  graceMs: number,
): Promise<string[]> {
  const ended = await Promise.all(remembered.map((stray) => endStray(stray, graceMs)));
  return ended.filter((title) => title !== undefined);
}

async function endStray(stray: RememberedProcess, graceMs: number): Promise<string | undefined> {
  if (!(await isOurs(stray))) return undefined;
  signal(stray.pid, "SIGCONT");
  signal(stray.pid, "SIGTERM");
  const deadline = Date.now() + graceMs;
  while (Date.now() < deadline) {
    if (!(await isOurs(stray))) return stray.title;
    await sleep(pollMs);
  }
  if (await isOurs(stray)) signal(stray.pid, "SIGKILL");
  return stray.title;
}

async function isOurs(stray: RememberedProcess): Promise<boolean> {
  if (!signal(stray.pid, 0)) return false;
  return (await commandLineOf(stray.pid)).includes(stray.title);
}

/** The command line, or the title, of a process; empty when there is no such process. */
async function commandLineOf(pid: number): Promise<string> {
  const [program, ...rest] =
    process.platform === "win32"
      ? [
          "powershell",
          "-NoProfile",
          "-Command",
          `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid.toString()}").CommandLine`,
        ]
      : ["ps", "-ww", "-o", "args=", "-p", pid.toString()];
  try {
    return (await run(program, rest)).stdout;
  } catch (error) {
    // `ps` exits with 1 when it knows no such process; anything else is a machine without `ps`.
    if ((error as { code?: unknown }).code === 1) return "";
    throw new Error(`can't tell which program has pid ${pid.toString()}: "${program}" failed`, {
      cause: error,
    });
  }
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false; // ended meanwhile, or another user's: not ours to end
  }
}
