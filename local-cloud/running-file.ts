import { closeSync, openSync, rmSync } from "node:fs";
import { request } from "undici";
import { readJson, writeDurably } from "./storage/durable-file";

/** What a running local cloud says of itself in `cloud.json`. */
export interface RunningCloud {
  pid: number;
  startedAt: string;
  /** Address of the control API; missing for a moment while it starts. */
  controlUrl?: string;
  /** Value for `PULUMI_DEBUG_PROVIDERS`. */
  providers?: string;
  /** What else a deployer finds in its environment; its identity's header is a secret of this user. */
  environment?: Readonly<Record<string, string>>;
  /** Pids by process name. */
  processes?: Record<string, number>;
  /** Which processes make up each data center. */
  dataCenters?: Record<string, { service: string; store: string; url: string }>;
}

/** What runs, and what it makes up, as the file holds it. */
export function runningParts(
  processes: readonly { name: string; pid: number | undefined }[],
  dataCenters: readonly { name: string; service: string; store: string; url: string }[],
): Required<Pick<RunningCloud, "processes" | "dataCenters">> {
  const alive = processes.flatMap(({ name, pid }) => (pid === undefined ? [] : [[name, pid]]));
  return {
    processes: Object.fromEntries(alive) as Record<string, number>,
    dataCenters: Object.fromEntries(
      dataCenters.map(({ name, service, store, url }) => [name, { service, store, url }]),
    ),
  };
}

/** Another local cloud works in this home. */
class AlreadyRunningError extends Error {
  constructor(home: string, pid: number) {
    super(
      `a local cloud is running in ${home} already (pid ${pid.toString()}); ` +
        "use it with `npm run pulumi -- ...`, or stop it with Ctrl-C in its terminal",
    );
    this.name = "AlreadyRunningError";
  }
}

const askTimeoutMs = 2_000;

/** The local cloud that runs in a home, or `undefined`; a file left by a killed one doesn't count. */
export async function runningCloud(file: string): Promise<RunningCloud | undefined> {
  const said = readJson(file) as RunningCloud | undefined;
  if (said === undefined || !isAlive(said.pid)) return undefined;
  // A pid is given again after a while: the control API must be this home's too.
  if (said.controlUrl === undefined) return said;
  return (await answersFor(said)) ? said : undefined;
}

/**
 * Takes a home for this process.
 *
 * @throws AlreadyRunningError when another process has it.
 */
export async function takeHome(home: { root: string; runningFile: string }): Promise<void> {
  const { root, runningFile } = home;
  const running = await runningCloud(runningFile);
  if (running !== undefined) throw new AlreadyRunningError(root, running.pid);
  rmSync(runningFile, { force: true });
  try {
    closeSync(openSync(runningFile, "wx", 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new AlreadyRunningError(root, 0);
  }
  sayRunning(runningFile, { pid: process.pid, startedAt: new Date().toISOString() });
}

/** Replaces what the file says. */
export function sayRunning(file: string, said: RunningCloud): void {
  writeDurably(file, `${JSON.stringify(said, null, 2)}\n`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function answersFor({ controlUrl = "", pid }: RunningCloud): Promise<boolean> {
  try {
    const response = await request(`${controlUrl}/status`, {
      headersTimeout: askTimeoutMs,
      bodyTimeout: askTimeoutMs,
      reset: true,
    });
    const status = (await response.body.json()) as { pid?: unknown };
    return status.pid === pid;
  } catch {
    return false; // refused, silent, or not a control API: not this home's cloud
  }
}
