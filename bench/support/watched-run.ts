import { execFile, spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const root = `${__dirname}/../..`;
const SAMPLE_EVERY_MS = 250;

/** A Node program of the project to run. */
export interface WatchedProgram {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** How a run went. */
export interface WatchedRun {
  readonly seconds: number;
  /** Most that the engine, the program and the dynamic provider held at one time. */
  readonly peakBytes: number;
  readonly output: string;
}

/**
 * Runs a program, looking four times a second at the memory of the deployment's processes below it.
 *
 * @throws Error with what it printed when it fails.
 */
export async function watchedRun({ args, env }: WatchedProgram): Promise<WatchedRun> {
  const started = performance.now();
  const child = spawn(process.execPath, [...args], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let peakBytes = 0;
  for (;;) {
    const next = await Promise.race([ended, pause(SAMPLE_EVERY_MS, "running" as const)]);
    if (next !== "running") {
      if (next !== 0) throw new Error(`${args.join(" ")} ended with ${String(next)}:\n${output}`);
      return { seconds: (performance.now() - started) / 1000, peakBytes, output };
    }
    peakBytes = Math.max(peakBytes, await memoryBelow(child.pid ?? 0));
  }
}

const DEPLOYMENT = /engine\/cli\.ts|pulumi\/cmd\/(?:run|dynamic-provider)/;

async function memoryBelow(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid=,ppid=,rss=,args="]);
  const below = new Set([pid]);
  let kilobytes = 0;
  // Parents have the smaller pids here, but for a wrap of the numbers, which a bench can bear.
  for (const line of stdout.split("\n")) {
    const [, id, parent, rss, command = ""] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (!below.has(Number(parent)) && Number(id) !== pid) continue;
    below.add(Number(id));
    if (DEPLOYMENT.test(command)) kilobytes += Number(rss);
  }
  return kilobytes * 1024;
}
