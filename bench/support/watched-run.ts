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

/** Resident bytes of the deployment's processes. */
export interface Memory {
  readonly engine: number;
  readonly program: number;
  readonly provider: number;
  readonly together: number;
}

/** How a run went. */
export interface WatchedRun {
  readonly seconds: number;
  /** What the engine, the program and the dynamic provider held when they held most together. */
  readonly peak: Memory;
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
  let peak: Memory = { engine: 0, program: 0, provider: 0, together: 0 };
  for (;;) {
    const next = await Promise.race([ended, pause(SAMPLE_EVERY_MS, "running" as const)]);
    if (next !== "running") {
      if (next !== 0) throw new Error(`${args.join(" ")} ended with ${String(next)}:\n${output}`);
      return { seconds: (performance.now() - started) / 1000, peak, output };
    }
    const memory = await memoryBelow(child.pid ?? 0);
    if (memory.together > peak.together) peak = memory;
  }
}

const DEPLOYMENT = {
  engine: /engine\/cli\.ts/,
  program: /pulumi\/cmd\/run/,
  provider: /pulumi\/cmd\/dynamic-provider/,
};

async function memoryBelow(pid: number): Promise<Memory> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid=,ppid=,rss=,args="]);
  const below = new Set([pid]);
  const memory = { engine: 0, program: 0, provider: 0 };
  // Parents have the smaller pids here, but for a wrap of the numbers, which a bench can bear.
  for (const line of stdout.split("\n")) {
    const [, id, parent, rss, command = ""] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (!below.has(Number(parent)) && Number(id) !== pid) continue;
    below.add(Number(id));
    for (const part of ["engine", "program", "provider"] as const) {
      if (DEPLOYMENT[part].test(command)) memory[part] += 1024 * Number(rss);
    }
  }
  return { ...memory, together: memory.engine + memory.program + memory.provider };
}
