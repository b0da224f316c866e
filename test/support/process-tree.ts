import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A running process. */
export interface RunningProcess {
  readonly pid: number;
  readonly parentPid: number;
  /** Its whole argument list, as `ps` shows it. */
  readonly command: string;
}

/** Every process of this machine that `ps` shows. */
export async function allProcesses(): Promise<RunningProcess[]> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid=,ppid=,args="], {
    maxBuffer: 16 << 20,
  });
  return stdout.split("\n").flatMap((line) => {
    const [, pid, parentPid, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return command === undefined
      ? []
      : [{ pid: Number(pid), parentPid: Number(parentPid), command }];
  });
}

/** The children of a process, their children, and so on. */
export async function descendants(pid: number): Promise<RunningProcess[]> {
  const all = await allProcesses();
  const found: RunningProcess[] = [];
  const below = new Set([pid]);
  // Parents may be listed after their children: look until nothing is added.
  for (let before = -1; before !== found.length;) {
    before = found.length;
    for (const process of all) {
      if (below.has(process.pid) || !below.has(process.parentPid)) continue;
      below.add(process.pid);
      found.push(process);
    }
  }
  return found;
}
