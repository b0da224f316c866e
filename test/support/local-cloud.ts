import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse, stringify } from "yaml";
import { stackResources } from "./stack-state";

const root = join(__dirname, "..", "..");

/** URLs of a video on one host. */
export interface Urls {
  readonly hls: string;
  readonly dash: string;
}

/** What the program exports, as far as the tests look at it. */
export interface StackOutputs {
  readonly videos: readonly {
    readonly name: string;
    readonly relativePath: string;
    readonly urls: Readonly<Record<string, Urls>>;
  }[];
  readonly origins: Readonly<Record<string, string>>;
  readonly edgeHost: string;
  readonly trafficManagerHost: string;
}

/** What a command printed, and how it ended. */
export interface CommandResult {
  readonly status: number;
  readonly output: string;
}

/** What a running cloud says of itself. */
export interface CloudFacts {
  readonly controlUrl: string;
  /** Pids by process name. */
  readonly processes: Readonly<Record<string, number>>;
  /** Names of the processes that make up each data center. */
  readonly dataCenters: Readonly<
    Record<string, { readonly service: string; readonly store: string }>
  >;
}

/** How a local cloud of a test is started. */
export interface LocalCloudOptions {
  /** The project's stack that is deployed; default: `dev`. */
  readonly stack?: string;
  /** Changes the configuration of the stack, by key without namespace. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * A local cloud with a home of its own, started as a user starts it. The home outlives `stop`, so that
 * the next `start` finds it, and goes with `remove`.
 */
export class LocalCloud implements AsyncDisposable {
  private child: ChildProcess | undefined;
  private printed = "";

  private constructor(
    readonly home: string,
    private readonly options: LocalCloudOptions,
  ) {}

  /** A new home in a temporary folder, with a configuration of its own; nothing runs yet. */
  static async create(options: LocalCloudOptions = {}): Promise<LocalCloud> {
    const cloud = new LocalCloud(await mkdtemp(join(tmpdir(), "twinstream-")), options);
    await cloud.configure(options.config ?? {});
    return cloud;
  }

  /** The stack's name. */
  get stack(): string {
    return this.options.stack ?? "dev";
  }

  /** The stack's configuration file of this cloud. */
  get configFile(): string {
    return join(this.home, `Pulumi.${this.stack}.yaml`);
  }

  /** The configuration of the project's stack, by key with namespace. */
  async configuration(): Promise<Record<string, unknown>> {
    const text = await readFile(join(root, `Pulumi.${this.stack}.yaml`), "utf8");
    return (parse(text) as { config: Record<string, unknown> }).config;
  }

  /** Writes the configuration of the project's stack with some keys changed; undefined removes one. */
  async configure(changes: Readonly<Record<string, unknown>>): Promise<void> {
    const config = { ...(await this.configuration()) };
    for (const [key, value] of Object.entries(changes)) config[`twinstream:${key}`] = value;
    await writeFile(this.configFile, stringify({ config }));
  }

  private get env(): NodeJS.ProcessEnv {
    const { home, stack } = this;
    return {
      ...{ ...process.env, TWINSTREAM_HOME: home, PULUMI_STACK: stack },
      ...this.options.env,
    };
  }

  /** What `npm start` has printed so far. */
  get output(): string {
    return this.printed;
  }

  /**
   * `npm start`, until it says that it is ready.
   *
   * @throws Error with what was printed, when it ends before or takes longer than `seconds`.
   */
  async start(seconds = 240): Promise<void> {
    this.printed = "";
    const child = spawn(
      process.execPath,
      ["scripts/run.cjs", "local-cloud/main.ts", ...this.settings, ...this.args],
      { cwd: root, env: this.env, stdio: ["ignore", "pipe", "pipe"] },
    );
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      const give = (why: string): void => {
        reject(new Error(`${why}; npm start printed:\n${this.printed}`));
      };
      const timer = setTimeout(() => {
        give(`not ready after ${seconds} s`);
      }, seconds * 1000);
      const take = (chunk: Buffer): void => {
        this.printed += chunk.toString();
        if (!/^ready\b/im.test(this.printed)) return;
        clearTimeout(timer);
        resolve();
      };
      child.stdout.on("data", take);
      child.stderr.on("data", take);
      child.once("close", (code) => {
        clearTimeout(timer);
        give(`ended with ${String(code)} before it was ready`);
      });
    });
  }

  private get settings(): readonly string[] {
    return ["--stack", this.stack, "--config-file", this.configFile];
  }

  private get args(): readonly string[] {
    return this.options.args ?? [];
  }

  /** `npm run pulumi -- ...` with this cloud. */
  async pulumi(...args: string[]): Promise<CommandResult> {
    return run(
      ["scripts/run.cjs", "local-cloud/pulumi.ts", ...args, "--config-file", this.configFile],
      this.env,
    );
  }

  /** `npm run pulumi -- ...` as a process that can be watched and killed. */
  spawnPulumi(...args: string[]): ChildProcess {
    return spawn(
      process.execPath,
      ["scripts/run.cjs", "local-cloud/pulumi.ts", ...args, "--config-file", this.configFile],
      { cwd: root, env: this.env, stdio: ["ignore", "pipe", "pipe"] },
    );
  }

  /** Another of the project's commands with this cloud, for example `local-cloud/clean.ts`. */
  async command(program: string, ...args: string[]): Promise<CommandResult> {
    return run(["scripts/run.cjs", program, ...args], this.env);
  }

  /** The stack's outputs. */
  async outputs(): Promise<StackOutputs> {
    const stack = (await stackResources(this)).find(({ type }) => type === "pulumi:pulumi:Stack");
    if (stack === undefined) throw new Error(`stack ${this.stack} was not deployed`);
    return stack.outputs as unknown as StackOutputs;
  }

  /** What the running cloud says of itself. */
  async facts(): Promise<CloudFacts> {
    return JSON.parse(await readFile(join(this.home, "cloud.json"), "utf8")) as CloudFacts;
  }

  /** Ctrl-C; resolves with the exit code once everything has stopped. */
  async stop(): Promise<number> {
    const child = this.child;
    this.child = undefined;
    if (!child) return 0;
    if (child.exitCode !== null) return child.exitCode;
    const closed = new Promise<number>((resolve) =>
      child.once("close", (code) => {
        resolve(code ?? 1);
      }),
    );
    child.kill("SIGTERM");
    return closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<CommandResult> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
      cwd: root,
      env,
      maxBuffer: 64 << 20,
    });
    return { status: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: typeof code === "number" ? code : 1, output: `${stdout}${stderr}` };
  }
}
