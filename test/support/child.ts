import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A child process that a test runs against. */
export interface TestProcess {
  readonly pid: number;
  /** Asks it to end (SIGTERM) and waits until it has. */
  stop(): Promise<void>;
  /** Kills it (SIGKILL) and waits until it is gone. */
  kill(): Promise<void>;
}

/** What to run, and when it counts as ready. */
export interface TestProcessOptions {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Looks at everything printed so far; answers something as soon as the process is ready. */
  readonly ready: (output: string) => object | undefined;
  readonly timeoutMs?: number;
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/**
 * Starts this Node with a script and waits until it says that it is ready.
 *
 * @throws Error with what it printed when it ends, or does not get ready in time.
 */
export async function startTestProcess(options: TestProcessOptions): Promise<TestProcess> {
  const child = spawn(process.execPath, options.args, {
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  await untilReady(child, options);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  };
  return {
    pid: child.pid ?? -1,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

function untilReady(child: ChildProcess, options: TestProcessOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    const fail = (why: string): void => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new Error(`${options.args.join(" ")} ${why}:\n${output}`));
    };
    const exited = (): void => {
      fail("ended before it was ready");
    };
    const timer = setTimeout(() => {
      fail("was not ready in time");
    }, options.timeoutMs ?? 60_000);
    const read = (chunk: Buffer): void => {
      if (output.length < 100_000) output += chunk.toString("utf8");
      if (options.ready(output) === undefined) return;
      clearTimeout(timer);
      child.off("exit", exited);
      resolve();
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", exited);
  });
}
