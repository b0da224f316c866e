import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { stringify } from "yaml";

const PROJECT_ROOT = path.resolve(__dirname, "..", "..", "..");
const THINGS: Program = {
  project: "things",
  directory: path.join(PROJECT_ROOT, "test", "engine", "programs", "things"),
};
const CLI = path.join(PROJECT_ROOT, "engine", "cli.ts");

/** A program that tests deploy. */
interface Program {
  /** Name in its `Pulumi.yaml`. */
  project: string;
  directory: string;
}

/** How a command ended. */
export interface CommandResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A command that runs. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<CommandResult>;
  /** What it has printed so far. */
  output(): string;
}

/** A thing of the program under test; see programs/things/index.ts. */
export type Thing = { name: string } & Record<string, unknown>;

/** A stack of the program under test, with a backend, a cloud and settings of its own. */
export class ScratchStack {
  readonly directory = mkdtempSync(path.join(os.tmpdir(), "engine-test-"));
  readonly cloud = path.join(this.directory, "cloud");
  readonly settingsFile: string;
  /** More environment for each command. */
  readonly environment: NodeJS.ProcessEnv = {};

  constructor(
    readonly name = "dev",
    private readonly program = THINGS,
  ) {
    mkdirSync(this.cloud);
    this.settingsFile = path.join(this.directory, `Pulumi.${name}.yaml`);
    this.configure([]);
  }

  private get project(): string {
    return this.program.project;
  }

  get checkpointFile(): string {
    return path.join(
      this.directory,
      "state",
      ".pulumi",
      "stacks",
      this.project,
      `${this.name}.json`,
    );
  }

  get journalFile(): string {
    return path.join(
      this.directory,
      "state",
      ".pulumi",
      "journals",
      this.project,
      `${this.name}.jsonl`,
    );
  }

  get lockDirectory(): string {
    return path.join(
      this.directory,
      "state",
      ".pulumi",
      "locks",
      "organization",
      this.project,
      this.name,
    );
  }

  /** Sets what the program declares, and its other configuration. */
  configure(things: Thing[], more: Record<string, unknown> = {}): void {
    this.set({ things, ...more });
  }

  /** Sets the whole configuration, by key without namespace. */
  set(settings: Record<string, unknown>): void {
    const config: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(settings)) config[`${this.project}:${key}`] = value;
    const salt = /^encryptionsalt:.*$/m.exec(this.settingsText())?.[0] ?? "";
    writeFileSync(this.settingsFile, `${stringify({ config })}${salt}\n`);
  }

  settingsText(): string {
    return existsSync(this.settingsFile) ? readFileSync(this.settingsFile, "utf8") : "";
  }

  /** Starts an engine command. */
  start(args: string[]): RunningCommand {
    const options = [
      "-C",
      this.program.directory,
      "-s",
      this.name,
      "--config-file",
      this.settingsFile,
    ];
    return this.spawn(process.execPath, ["-r", "tsx/cjs", CLI, ...options, ...args]);
  }

  /** Runs an engine command to its end. */
  run(...args: string[]): Promise<CommandResult> {
    return this.start(args).ended;
  }

  /** Runs a command that must succeed. */
  async must(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code === 0) return stdout;
    throw new Error(`${args.join(" ")} ended with ${String(code)}:\n${stdout}${stderr}`);
  }

  /** Runs the official CLI over the same stack. */
  runOfficial(cli: string, args: string[]): Promise<CommandResult> {
    const settings = args[0] === "stack" ? [] : ["--config-file", this.settingsFile];
    const options = [
      "-C",
      this.program.directory,
      "-s",
      this.name,
      "--color",
      "never",
      "--non-interactive",
    ];
    return this.spawn(cli, [...args, ...settings, ...options]).ended;
  }

  /** The checkpoint's text. */
  checkpointText(): string {
    return readFileSync(this.checkpointFile, "utf8");
  }

  /** The checkpoint's latest deployment. */
  deployment(): { resources?: Record<string, unknown>[]; pending_operations?: unknown[] } {
    const parsed = JSON.parse(this.checkpointText()) as {
      checkpoint: { latest: ReturnType<ScratchStack["deployment"]> };
    };
    return parsed.checkpoint.latest;
  }

  /** The names of the stack's resources, in the checkpoint's order. */
  resourceNames(): string[] {
    return (this.deployment().resources ?? []).map(
      (resource) => String(resource["urn"]).split("::")[3] ?? "",
    );
  }

  /** A resource of the checkpoint by name. */
  resource(name: string): Record<string, unknown> {
    const found = this.deployment().resources?.find((each) =>
      String(each["urn"]).endsWith(`::${name}`),
    );
    if (found === undefined) throw new Error(`there is no ${name} in the state`);
    return found;
  }

  /** The calls that the dynamic provider has had. */
  calls(): string[] {
    const file = path.join(this.cloud, "log.txt");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  forgetCalls(): void {
    rmSync(path.join(this.cloud, "log.txt"), { force: true });
  }

  /** The things that exist. */
  things(): string[] {
    return readdirSync(this.cloud)
      .filter((name) => name.endsWith(".json"))
      .map((name) => name.slice(0, -".json".length))
      .sort();
  }

  dispose(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private spawn(command: string, args: string[]): RunningCommand {
    const child = spawn(command, args, {
      cwd: PROJECT_ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PULUMI_BACKEND_URL: `file://${path.join(this.directory, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "correct horse",
        PULUMI_HOME: path.join(this.directory, "home"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_NODEJS_TRANSPILE_ONLY: "true",
        THING_CLOUD: this.cloud,
        ...this.environment,
      },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
    const ended = new Promise<CommandResult>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        resolve({ code, signal, stdout, stderr });
      });
    });
    return { child, ended, output: () => stdout + stderr };
  }
}
