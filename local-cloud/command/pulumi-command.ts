import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import type { CloudConfig } from "../config";
import { homeAt } from "../home";

/** The program that deploys: a command and the arguments that come before the user's. */
export interface Deployer {
  /** What the user is told. */
  name: string;
  command: string;
  arguments: readonly string[];
}

/** The official CLI when it is on PATH, otherwise the embedded engine. */
export function findDeployer({ environment, projectRoot }: CloudConfig): Deployer {
  const path = environment["PATH"] ?? environment["Path"] ?? "";
  const file = process.platform === "win32" ? "pulumi.exe" : "pulumi";
  const official = path
    .split(delimiter)
    // npm puts its own folder first; what is called `pulumi` in there only downloads the CLI.
    .filter((directory) => directory !== "" && !resolve(directory).endsWith(".bin"))
    .map((directory) => join(directory, file))
    .find(isExecutable);
  if (official !== undefined) {
    return { name: `the official CLI (${official})`, command: official, arguments: [] };
  }
  const engine = join(projectRoot, "engine", "cli.ts");
  return {
    name: "the embedded engine",
    command: process.execPath,
    arguments: ["-r", require.resolve("tsx/cjs"), engine],
  };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not a program: the next folder is looked at
  }
}

/** The environment in which either deployer finds the local cloud, its state and its passphrase. */
export function pulumiEnvironment(
  config: CloudConfig,
  cloud: { readonly providers?: string; readonly environment?: Readonly<Record<string, string>> },
): Record<string, string> {
  const home = homeAt(config.home);
  return {
    PULUMI_STACK: "dev",
    ...config.environment,
    PULUMI_BACKEND_URL: `file://${home.stateDirectory.replaceAll("\\", "/")}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: home.passphraseFile,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    ...cloud.environment,
    ...(cloud.providers === undefined ? {} : { PULUMI_DEBUG_PROVIDERS: cloud.providers }),
  };
}

/** How a deployer ended, and what it printed where that was asked for. */
export interface PulumiResult {
  code: number;
  output: string;
}

/** A run of a deployer. */
export interface PulumiRun {
  deployer: Deployer;
  arguments: readonly string[];
  environment: Readonly<Record<string, string>>;
  workingDirectory: string;
  /** Collects standard output instead of showing it. */
  capture?: boolean;
  /** Is told the process, to hand signals on. */
  onStart?: (child: ChildProcess) => void;
}

/** Runs a deployer to its end. */
export function runPulumi(run: PulumiRun): Promise<PulumiResult> {
  return new Promise((resolvePromise, reject) => {
    const { deployer } = run;
    const child = spawn(deployer.command, [...deployer.arguments, ...run.arguments], {
      cwd: run.workingDirectory,
      env: { ...run.environment },
      stdio: ["inherit", run.capture === true ? "pipe" : "inherit", "inherit"],
    });
    run.onStart?.(child);
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
    child.once("error", (cause) => {
      reject(new Error(`${deployer.name} could not be started: ${cause.message}`, { cause }));
    });
    child.once("close", (code) => {
      resolvePromise({ code: code ?? 1, output });
    });
  });
}
