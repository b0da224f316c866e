import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { encoderEnvironment } from "../encoder-environment";
import { keepTail } from "../stderr-tail";

/** How a program ended. */
export interface ProcessResult {
  /** Undefined when it was ended by a signal. */
  readonly exitCode: number | undefined;
  /** The signal that ended it. */
  readonly endedBy: NodeJS.Signals | undefined;
  /** The last of what it wrote to stderr, at most `STDERR_TAIL_CHARACTERS`. */
  readonly stderrTail: string;
}

/** A program to run. */
export interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  readonly onStdoutLine: (line: string) => void;
  /** Called with the process id once it runs. */
  readonly onStarted?: (pid: number) => void;
}

/**
 * Runs a program to its end. On abort it is killed at once (its files are scratch), and the promise
 * rejects with the signal's reason only when the process is really gone.
 *
 * @throws what `spawn` gives, for example ENOENT, when the program cannot be started.
 */
export async function runProcess(request: ProcessRequest): Promise<ProcessResult> {
  const { command, args, signal } = request;
  signal.throwIfAborted();
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: encoderEnvironment(),
    windowsHide: true,
  });
  const kill = () => child.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  try {
    if (child.pid !== undefined) request.onStarted?.(child.pid);
    createInterface({ input: child.stdout }).on("line", request.onStdoutLine);
    const tail = keepTail(child.stderr);
    const { exitCode, endedBy } = await ended(child);
    signal.throwIfAborted();
    return { exitCode, endedBy, stderrTail: tail() };
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

function ended(child: ChildProcess): Promise<Omit<ProcessResult, "stderrTail">> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, endedBy) => {
      resolve({ exitCode: code ?? undefined, endedBy: endedBy ?? undefined });
    });
  });
}
