import { execFileSync } from "node:child_process";

/** A process as `ps` shows it. */
export interface ListedProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Every process that runs now. */
function allProcesses(): ListedProcess[] {
  const printed = execFileSync("ps", ["-A", "-ww", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
  return printed.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return match
      ? [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3] ?? "" }]
      : [];
  });
}

/** The processes that a process has started and that still run. */
export function childProcesses(pid: number): ListedProcess[] {
  return allProcesses().filter(
    ({ parent, command }) => parent === pid && !/^\[|<defunct>/.test(command),
  );
}

/**
 * Resolves when a process is gone.
 *
 * @throws Error when it still runs after some seconds.
 */
export async function processEnds(pid: number, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (allProcesses().some((one) => one.pid === pid && !one.command.includes("<defunct>"))) {
    if (Date.now() > deadline) throw new Error(`process ${pid} still runs`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
