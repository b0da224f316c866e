import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** Something that listens, in one process. */
export interface Server {
  readonly pid: number;
  /** Without a slash at the end. */
  readonly baseUrl: string;
}

/** What wrk saw of a server, and what the server spent on it. */
export interface Measured {
  readonly requestsPerSecond: number;
  readonly cpuMicrosecondsPerRequest: number;
}

interface Summary {
  readonly requests: number;
  readonly microseconds: number;
  readonly errors: number;
}

const CONNECTIONS = 16;
/** The kernel counts processor time in hundredths of a second, wherever Linux runs. */
const MICROSECONDS_PER_TICK = 10_000;

/** Asks a server for paths in turn, as fast as it answers, and counts. */
export async function load(
  { pid, baseUrl }: Server,
  paths: readonly string[],
  options: { readonly directory: string; readonly seconds: number },
): Promise<Measured> {
  for (const path of paths) {
    const response = await fetch(`${baseUrl}${path}`);
    const body = await response.arrayBuffer();
    if (!response.ok) {
      throw new Error(`${path}: ${response.status} ${Buffer.from(body).toString()}`);
    }
  }
  const script = join(options.directory, "load.lua");
  writeFileSync(script, luaFor(paths));
  const before = cpuMicroseconds(pid);
  const child = spawn(
    "wrk",
    [
      ...["-t", "1", "-c", String(CONNECTIONS), "-d", `${options.seconds}s`, "--timeout", "10s"],
      ...["-s", script, baseUrl],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [output] = await Promise.all([text(child.stdout), once(child, "exit")]);
  const { requests, microseconds, errors } = JSON.parse(
    output.trim().split("\n").at(-1) ?? "",
  ) as Summary;
  if (requests === 0 || errors > 0) {
    throw new Error(`${baseUrl}: ${errors} of ${requests} requests failed`);
  }
  return {
    requestsPerSecond: (requests * 1e6) / microseconds,
    cpuMicrosecondsPerRequest: (cpuMicroseconds(pid) - before) / requests,
  };
}

function luaFor(paths: readonly string[]): string {
  return `
local paths = { ${paths.map((path) => JSON.stringify(path)).join(", ")} }
local requests = {}
local at = 0
init = function()
  for i, path in ipairs(paths) do requests[i] = wrk.format("GET", path) end
end
request = function()
  at = at % #requests + 1
  return requests[at]
end
done = function(summary)
  local e = summary.errors
  print(string.format('{"requests":%d,"microseconds":%d,"errors":%d}', summary.requests,
    summary.duration, e.connect + e.read + e.write + e.status + e.timeout))
end
`;
}

/** Processor time that a process has used so far, in user and kernel mode. */
function cpuMicroseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The command's name, in parentheses, may hold spaces; the 12th and 13th fields after it are times.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
}
