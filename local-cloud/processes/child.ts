import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import type { ProcessSpec } from "./process-spec";

const onWindows = process.platform === "win32";
const maxLogBytes = 20 * 1024 * 1024;

/** One run of a child: from its start to its end. A restart makes another one. */
export class Child {
  /** Settles when the process has ended, with what is known of why. */
  readonly ended: Promise<string>;
  /** How the process list shows it; by this a stray is recognised. */
  readonly title: string;
  private readonly process: ChildProcess;
  private hasEnded = false;

  constructor(spec: ProcessSpec, logFile: string, titlePrefix: string) {
    this.title = `${titlePrefix}-p${process.pid.toString()}-${spec.name.replace(/[^\w-]/g, "-")}`;
    const log = openLog(logFile);
    this.process = spawn(
      process.execPath,
      [`--title=${this.title}`, "-r", require.resolve("./end-with-parent.cjs"), ...spec.arguments],
      {
        cwd: spec.workingDirectory,
        env: { ...spec.environment },
        stdio: ["pipe", log, log],
        // In a group of its own, so that Ctrl-C in the terminal reaches the local cloud alone.
        detached: !onWindows,
        windowsHide: true,
      },
    );
    closeSync(log);
    // The pipe breaks when the child dies first; its end is reported by `exit`.
    this.process.stdin?.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      const end = (reason: string): void => {
        this.hasEnded = true;
        resolve(reason);
      };
      this.process.once("error", (error) => {
        end(`could not be started: ${error.message}`);
      });
      this.process.once("exit", (code, signal) => {
        end(signal === null ? `exited with code ${String(code)}` : `ended by ${signal}`);
      });
    });
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get isAlive(): boolean {
    return !this.hasEnded;
  }

  /** Sends a signal to the child and to what it started. */
  signalGroup(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
    if (this.pid === undefined || this.hasEnded) return;
    if (onWindows) this.process.kill(signal);
    else process.kill(-this.pid, signal);
  }

  /** Asks the child to end, kills it when it doesn't; answers whether it ended by itself. */
  async stop(withinMs: number): Promise<boolean> {
    if (this.hasEnded) return true;
    if (onWindows) this.process.stdin?.end();
    else {
      this.signalGroup("SIGCONT");
      this.process.kill("SIGTERM");
    }
    if (await this.endsWithin(withinMs)) return true;
    this.signalGroup("SIGKILL");
    await this.ended;
    return false;
  }

  private async endsWithin(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, ms, false);
    });
    const result = await Promise.race([this.ended.then(() => true), late]);
    clearTimeout(timer);
    return result;
  }
}

/** Opens a log for appending; one that grew large makes room and stays beside it as `.old`. */
function openLog(file: string): number {
  if (existsSync(file) && statSync(file).size > maxLogBytes) renameSync(file, `${file}.old`);
  return openSync(file, "a");
}

/** The last lines of a log, for the message about a child that ended too soon. */
export function lastLines(file: string, count: number): string {
  if (!existsSync(file)) return "";
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-count).join("\n");
}
