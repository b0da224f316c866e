import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { Child, lastLines } from "./child";
import {
  type BackOff,
  kubernetesBackOff,
  type ProcessSpec,
  type ProcessState,
  type ProcessStatus,
  restartDelayMs,
} from "./process-spec";
import { endStrays, type ProcessFile } from "./strays";

const readyPollMs = 50;
const defaultReadyMs = 60_000;
const defaultStopMs = 10_000;
const shownLogLines = 15;

/** What a {@link Supervisor} needs. */
export interface SupervisorOptions {
  log: Logger;
  logsDirectory: string;
  processFile: ProcessFile;
  /** Begins the title of each child; unique to one home directory. */
  titlePrefix: string;
  backOff?: BackOff;
  /** Called when a child starts, is ready, ends or changes its state. */
  onChange?: () => void;
}

interface Entry {
  spec: ProcessSpec;
  child: Child | undefined;
  state: ProcessState;
  crashes: number;
  crashesInARow: number;
  startedAt: number;
  /** Ends a wait for a restart. */
  cancelRestart: AbortController | undefined;
}

/** A child ended, or kept silent, when it should have become ready. */
class ProcessStartError extends Error {
  override name = "ProcessStartError";
}

/** Starts, watches, restarts and stops the children of the local cloud. */
export class Supervisor implements AsyncDisposable {
  /** Whether a child that crashed is started again. */
  restartsEnabled = true;
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly options: SupervisorOptions) {}

  /** Ends children of an earlier run that was killed. */
  async endStrays(): Promise<string[]> {
    const ended = await endStrays(this.options.processFile.read(), defaultStopMs);
    this.options.processFile.write([]);
    return ended;
  }

  /**
   * Starts a child and waits until it is ready. Where it takes the place of one that ran and doesn't come up,
   * that one runs again, as platforms keep the revision that serves.
   *
   * @throws ProcessStartError with the end of its log when it ends or doesn't become ready.
   */
  async start(spec: ProcessSpec): Promise<void> {
    const before = this.entries.get(spec.name);
    const earlier = before?.state === "running" ? before.spec : undefined;
    await this.stop(spec.name);
    try {
      await this.enter(spec);
    } catch (error) {
      if (earlier !== undefined) await this.startAgain(earlier);
      throw error;
    }
  }

  private async startAgain(earlier: ProcessSpec): Promise<void> {
    const { name } = earlier;
    try {
      await this.enter(earlier);
      this.options.log.warn({ process: name }, "what ran before runs again");
    } catch (err) {
      this.options.log.error({ process: name, err }, "what ran before doesn't run any more either");
    }
  }

  private async enter(spec: ProcessSpec): Promise<void> {
    const entry: Entry = {
      spec,
      child: undefined,
      state: "starting",
      crashes: 0,
      crashesInARow: 0,
      startedAt: 0,
      cancelRestart: undefined,
    };
    this.entries.set(spec.name, entry);
    await this.launch(entry);
  }

  /** Stops a child for good: gracefully, then by force. */
  async stop(name: string): Promise<void> {
    const entry = this.entries.get(name);
    if (entry === undefined) return;
    this.entries.delete(name);
    entry.cancelRestart?.abort();
    entry.state = "stopped";
    const byItself = await entry.child?.stop(entry.spec.stopWithinMs ?? defaultStopMs);
    if (byItself === false) this.options.log.warn({ process: name }, "had to be killed");
    this.remember();
  }

  /** Ends a child as a power cut would, and keeps it down until {@link restore}. */
  async kill(name: string): Promise<void> {
    const entry = this.entry(name);
    entry.cancelRestart?.abort();
    entry.state = "held";
    entry.child?.signalGroup("SIGKILL");
    await entry.child?.ended;
    this.options.log.warn({ process: name }, "killed on request");
    this.remember();
  }

  /** Freezes a child: it holds its connections and answers nothing. */
  pause(name: string): void {
    const entry = this.entry(name);
    if (entry.child?.isAlive !== true) throw new Error(`${name} is not running`);
    entry.child.signalGroup("SIGSTOP");
    entry.state = "paused";
    this.options.onChange?.();
    this.options.log.warn({ process: name }, "stopped on request");
  }

  /** Lets a frozen child go on. */
  resume(name: string): void {
    const entry = this.entry(name);
    if (entry.state !== "paused") return;
    entry.child?.signalGroup("SIGCONT");
    entry.state = "running";
    this.options.onChange?.();
    this.options.log.info({ process: name }, "goes on");
  }

  /** Brings a child back, whatever was done to it, and waits until it is ready. */
  async restore(name: string): Promise<void> {
    const entry = this.entry(name);
    this.resume(name);
    // A restart that waits would start a second child later, on the first one's port.
    entry.cancelRestart?.abort();
    if (entry.child?.isAlive !== true) await this.launch(entry);
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  status(): ProcessStatus[] {
    return [...this.entries.values()].map(({ spec, child, state, crashes }) => ({
      name: spec.name,
      state,
      pid: child?.isAlive === true ? child.pid : undefined,
      crashes,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.entries.keys()].map((name) => this.stop(name)));
  }

  private entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (entry === undefined) throw new Error(`there is no process ${name}`);
    return entry;
  }

  private async launch(entry: Entry): Promise<void> {
    const { spec } = entry;
    const logFile = join(this.options.logsDirectory, `${spec.name.replace(/[^\w.-]/g, "-")}.log`);
    const child = new Child(spec, logFile, this.options.titlePrefix);
    entry.child = child;
    entry.state = "starting";
    entry.startedAt = Date.now();
    this.remember();
    this.options.log.info({ process: spec.name, pid: child.pid }, "started");
    const failure = await untilReady(spec, child);
    if (this.stateOf(entry) !== "starting") return; // killed, stopped or paused while it started
    if (failure !== undefined) {
      if (this.entries.get(spec.name) === entry) this.entries.delete(spec.name);
      await child.stop(0);
      this.remember();
      const tail = lastLines(logFile, shownLogLines);
      throw new ProcessStartError(`${spec.name} ${failure}; the end of ${logFile}:\n${tail}`);
    }
    entry.state = "running";
    this.options.onChange?.();
    void child.ended.then((reason) => this.onEnd(entry, child, reason));
  }

  private async onEnd(entry: Entry, child: Child, reason: string): Promise<void> {
    if (entry.child !== child || entry.state === "stopped" || entry.state === "held") return;
    entry.crashes += 1;
    const ranMs = Date.now() - entry.startedAt;
    const backOff = this.options.backOff ?? kubernetesBackOff;
    entry.crashesInARow = ranMs > backOff.resetAfterMs ? 1 : entry.crashesInARow + 1;
    this.options.log.error({ process: entry.spec.name, reason }, "crashed");
    this.remember();
    if (!this.restartsEnabled) {
      entry.state = "held";
      return;
    }
    entry.state = "restarting";
    const delayMs = restartDelayMs(backOff, entry.crashesInARow);
    const cancel = new AbortController();
    entry.cancelRestart = cancel;
    try {
      await sleep(delayMs, undefined, { signal: cancel.signal });
    } catch {
      return; // stopped, killed or restored meanwhile
    }
    await this.relaunch(entry);
  }

  /** Starts a crashed child again; one that doesn't come up counts as another crash. */
  private async relaunch(entry: Entry): Promise<void> {
    const { name } = entry.spec;
    try {
      await this.launch(entry);
    } catch (error) {
      this.options.log.error({ process: name, err: error }, "did not come back");
      if (this.stateOf(entry) === "stopped" || this.entries.has(name)) return;
      this.entries.set(name, entry);
      entry.state = "restarting";
      if (entry.child !== undefined) await this.onEnd(entry, entry.child, "did not become ready");
    }
  }

  /** The state as it is now; others change it while a start is awaited. */
  private stateOf(entry: Entry): ProcessState {
    return entry.state;
  }

  private remember(): void {
    const alive = [...this.entries.values()].flatMap(({ child }) =>
      child?.isAlive === true && child.pid !== undefined
        ? [{ pid: child.pid, title: child.title }]
        : [],
    );
    this.options.processFile.write(alive);
    this.options.onChange?.();
  }
}

/** Answers why a child did not become ready, or nothing when it did. */
async function untilReady(spec: ProcessSpec, child: Child): Promise<string | undefined> {
  const withinMs = spec.readyWithinMs ?? defaultReadyMs;
  const deadline = Date.now() + withinMs;
  let ended: string | undefined;
  void child.ended.then((reason) => {
    ended = reason;
  });
  while (Date.now() < deadline) {
    if (await spec.isReady()) return undefined;
    if (ended !== undefined) return ended;
    await sleep(readyPollMs);
  }
  return `did not become ready within ${(withinMs / 1000).toString()} s`;
}
