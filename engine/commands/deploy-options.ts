import os from "node:os";
import { type Command, InvalidArgumentError, Option } from "commander";
import { unsupported } from "../errors";

/** Options of the commands that run over a stack. */
export interface DeployOptions {
  yes?: boolean;
  skipPreview?: boolean;
  previewOnly?: boolean;
  refresh?: boolean;
  diff?: boolean;
  json?: boolean;
  showSames?: boolean;
  allSteps?: boolean;
  expectNoChanges?: boolean;
  clearPendingCreates?: boolean;
  /** Config values, each as `key=value`. */
  config?: string[];
  /** Their keys are paths. */
  configPath?: boolean;
  parallel: number;
}

/** At least as many steps at once as one data center's chain has, for most of them only wait. */
const LEAST_PARALLEL = 16;
const DEFAULT_PARALLEL = Math.max(LEAST_PARALLEL, 4 * os.availableParallelism());

/** Options of the official CLI's that would change the outcome, and are not offered here. */
const REFUSED = [
  "--policy-pack <path>",
  "--policy-pack-config <path>",
  "--target <urn>",
  "--target-dependents",
  "--target-replace <urn>",
  "--exclude <urn>",
  "--replace <urn>",
  "--plan <path>",
  "--save-plan <path>",
  "--import-file <path>",
  "--import-pending-creates <id>",
  "--continue-on-error",
  "--run-program",
  "--attach-debugger",
  "--secrets-provider <name>",
  "--remote",
];

/** Adds the options that a command takes, by their names. */
export function addDeployOptions(command: Command, names: readonly string[]): Command {
  const all: Record<string, Option> = {
    yes: new Option("-y, --yes", "do it without asking"),
    skipPreview: new Option("-f, --skip-preview", "do it without telling first what will be done"),
    previewOnly: new Option("--preview-only", "only tell what would be done"),
    refresh: new Option("-r, --refresh", "look first at what is really there"),
    diff: new Option("--diff", "show every property that changes"),
    json: new Option("-j, --json", "print the plan as JSON"),
    showSames: new Option("--show-sames", "show what does not change as well"),
    allSteps: new Option("--all-steps", "show each step and output, however many there are"),
    expectNoChanges: new Option("--expect-no-changes", "fail if anything changes"),
    clearPendingCreates: new Option(
      "--clear-pending-creates",
      "forget creations of earlier runs whose outcome is not known",
    ),
  };
  for (const name of names) {
    const option = all[name];
    if (option !== undefined) command.addOption(option);
  }
  command
    .addOption(
      new Option(
        "-c, --config <key=value>",
        "a config value, kept in the stack's settings; may be given several times",
      ).argParser((value, others: string[] | undefined) => [...(others ?? []), value]),
    )
    .option("--config-path", "the keys of --config are paths into an object or a list");
  command.addOption(
    new Option("-p, --parallel <n>", "steps at once")
      .default(DEFAULT_PARALLEL)
      .argParser(parseParallel),
  );
  for (const flags of REFUSED) {
    const refuse = (): never => {
      throw unsupported(`option ${flags.split(" ")[0] ?? flags}`);
    };
    command.addOption(new Option(flags).hideHelp());
    command.on(`option:${flags.slice(2).split(" ")[0] ?? ""}`, refuse);
  }
  return command;
}

function parseParallel(text: string): number {
  const parallel = Number(text);
  if (Number.isInteger(parallel) && parallel > 0) return parallel;
  throw new InvalidArgumentError("must be a whole number of at least 1");
}
