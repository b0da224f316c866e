import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Whether a process of this id runs on this machine. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // it runs, under another user
  }
}

/**
 * When a process started, in the system's own words, so that a process id that was given out again
 * is not taken for the process it belonged to; undefined where the system does not say.
 */
export function startOf(pid: number): string | undefined {
  if (process.platform === "linux") return startFromProc(pid);
  if (process.platform === "win32") return undefined;
  const answer = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
  const text = answer.status === 0 ? answer.stdout.trim() : "";
  return text === "" ? undefined : text;
}

/** Field 22 of /proc/PID/stat, clock ticks since boot; the second field may hold spaces. */
function startFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined; // no such process, or no /proc: the caller goes by the id alone
  }
}
