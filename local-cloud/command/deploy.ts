import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { CloudConfig } from "../config";
import { type Home, homeAt } from "../home";
import { readJson, writeDurably } from "../storage/durable-file";
import { filledInNotice, openValues } from "./open-values";
import { type Deployer, findDeployer, pulumiEnvironment, runPulumi } from "./pulumi-command";
import { copyStackSettings } from "./stack-settings";

const passphraseLengthBytes = 24;

/** What is deployed, from where, to which local cloud. */
export interface DeployOptions {
  config: CloudConfig;
  stack: string;
  /** Where the local cloud is found. */
  cloud: { providers: string; environment: Readonly<Record<string, string>> };
  /** Settings to use instead of `Pulumi.<stack>.yaml`. */
  settingsFile?: string;
  onStart?: (child: ChildProcess) => void;
}

/** Deploys a stack and shows how it goes; answers the exit code. */
export async function deployStack(options: DeployOptions): Promise<number> {
  const { config, stack } = options;
  const deployer = findDeployer(config);
  const settings = await prepareStack(options, deployer);
  const { code } = await runPulumi({
    deployer,
    arguments: [
      "up",
      "--yes",
      "--skip-preview",
      "--stack",
      stack,
      "--config-file",
      settings,
      ...(process.stdout.isTTY ? [] : ["--non-interactive"]),
    ],
    environment: pulumiEnvironment(config, options.cloud),
    workingDirectory: config.projectRoot,
    ...(options.onStart && { onStart: options.onStart }),
  });
  return code;
}

/**
 * Makes the stack where there is none, frees it of dead locks, and copies its settings; says on the
 * standard error what this machine filled in there.
 *
 * @returns Path of the copy.
 */
export async function prepareStack(
  options: Pick<DeployOptions, "config" | "stack" | "settingsFile">,
  deployer: Deployer,
): Promise<string> {
  const { config, stack, settingsFile } = options;
  const home = homeAt(config.home);
  makePassphrase(home);
  const project = projectName(config.projectRoot);
  if (!existsSync(stateFile(home, project, stack))) await initStack(config, stack, deployer);
  removeDeadLocks(home, project, stack);
  const { file, filledIn } = copyStackSettings({
    home,
    projectRoot: config.projectRoot,
    stack,
    openValues: openValues(project),
    ...(settingsFile !== undefined && { file: settingsFile }),
  });
  const notice = filledInNotice(stack, filledIn);
  if (notice !== undefined) console.error(notice);
  return file;
}

/** Name in `Pulumi.yaml`. */
function projectName(projectRoot: string): string {
  const file = join(projectRoot, "Pulumi.yaml");
  const { name } = parse(readFileSync(file, "utf8")) as { name?: unknown };
  if (typeof name !== "string") throw new Error(`${file} has no name`);
  return name;
}

/** Where the file backend keeps a stack's state. */
function stateFile(home: Home, project: string, stack: string): string {
  return join(home.stateDirectory, ".pulumi", "stacks", project, `${stack}.json`);
}

function makePassphrase(home: Home): void {
  if (existsSync(home.passphraseFile)) return;
  writeDurably(
    home.passphraseFile,
    `${randomBytes(passphraseLengthBytes).toString("base64url")}\n`,
  );
}

/** Beside the project, so that the salt of the new stack goes into the copy of its settings. */
async function initStack(config: CloudConfig, stack: string, deployer: Deployer): Promise<void> {
  const { stackSettingsDirectory } = homeAt(config.home);
  copyFileSync(
    join(config.projectRoot, "Pulumi.yaml"),
    join(stackSettingsDirectory, "Pulumi.yaml"),
  );
  const { code, output } = await runPulumi({
    deployer,
    arguments: ["stack", "init", stack, "--non-interactive", "--cwd", stackSettingsDirectory],
    environment: pulumiEnvironment(config, {}),
    workingDirectory: config.projectRoot,
    capture: true,
  });
  if (code !== 0) throw new Error(`stack ${stack} could not be made:\n${output}`);
}

/** A lock of a deployment that was killed on this machine would refuse every further one. */
function removeDeadLocks(home: Home, project: string, stack: string): void {
  const directory = join(home.stateDirectory, ".pulumi", "locks", "organization", project, stack);
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) {
    const file = join(directory, name);
    const lock = readJson(file) as { pid?: number; hostname?: string } | undefined;
    if (lock?.pid === undefined || lock.hostname !== hostname()) continue;
    if (!isAlive(lock.pid)) rmSync(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
