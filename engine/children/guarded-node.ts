import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import type { Readable } from "node:stream";

/** A Node program to run as the engine's child. */
export interface NodeProgram {
  /** Its main module and what follows it. */
  args: string[];
  /** Options of Node itself. */
  nodeArgs?: string[];
  /** Modules of this folder to load before it. */
  preload?: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** A child with its output as streams. */
export type GuardedChild = ChildProcess & { stdout: Readable; stderr: Readable };

/**
 * Starts a Node program that ends when the engine does, even by kill -9: `guard.cjs` in the child
 * watches a pipe (file descriptor 3) that the system closes with the engine. It also keeps Ctrl-C,
 * which a terminal sends to all processes, for the engine to handle.
 */
export function spawnGuarded({
  args,
  nodeArgs = [],
  preload = [],
  cwd,
  env,
}: NodeProgram): GuardedChild {
  const preloads = ["guard.cjs", ...preload].map((name) => path.join(__dirname, name));
  const options = [...nodeArgs, ...preloads.flatMap((module) => ["--require", module])];
  const child = spawn(process.execPath, [...options, ...args], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  child.stdio[3]?.on("error", () => undefined); // the child has gone; its exit event says so
  return child as GuardedChild;
}
