import { eachLine, type OutputLine } from "../children/lines";
import { spawnGuarded } from "../children/guarded-node";
import { ORGANIZATION } from "../state/layout";
import type { ConfigValues } from "../workspace/config-values";
import type { Project } from "../workspace/project";

/** What running a program needs. */
export interface ProgramDeps {
  project: Project;
  stack: string;
  config: ConfigValues;
  engineAddress: string;
  parallel: number;
  preview: boolean;
  environment: NodeJS.ProcessEnv;
  log: (line: OutputLine) => void;
}

/** A program that runs. */
export interface RunningProgram {
  /** Its exit code. */
  readonly ended: Promise<number>;
  stop(): void;
}

/** The exit code of a program whose error has been logged already. */
const ALREADY_LOGGED = 32;

/** Runs the program, as Pulumi's language host for Node does. */
export function startProgram(deps: ProgramDeps): RunningProgram {
  const { project, config, environment } = deps;
  const child = spawnGuarded({
    args: [
      require.resolve("@pulumi/pulumi/cmd/run", { paths: [project.root] }),
      ...optionsOf(deps),
    ],
    preload: ["lazy-sdk.cjs", "lean-program.cjs"],
    nodeArgs: (project.runtimeOptions.nodeargs ?? "").split(" ").filter((arg) => arg !== ""),
    cwd: project.programDirectory,
    env: {
      ...environment,
      PULUMI_CONFIG: JSON.stringify(config.values),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys),
      PULUMI_NODEJS_TYPESCRIPT: String(project.runtimeOptions.typescript ?? true),
    },
  });
  eachLine(child.stdout, deps.log);
  eachLine(child.stderr, deps.log);
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve(code === ALREADY_LOGGED ? 1 : (code ?? 1));
    });
  });
  return {
    ended,
    stop: () => {
      child.kill();
    },
  };
}

function optionsOf({ project, stack, engineAddress, parallel, preview }: ProgramDeps): string[] {
  const options = {
    monitor: engineAddress,
    engine: engineAddress,
    organization: ORGANIZATION,
    project: project.name,
    "root-directory": project.root,
    stack,
    pwd: project.programDirectory,
    parallel: String(parallel),
  };
  const list = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return [...list, ...(preview ? ["--dry-run"] : []), project.entry];
}
