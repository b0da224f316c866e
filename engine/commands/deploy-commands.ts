import type { Command } from "commander";
import type { DeploymentPlan } from "../deployment/deployment";
import { planJson } from "../display/plan-json";
import type { RunDisplay } from "../display/run-display";
import { EngineError } from "../errors";
import { writeHistory } from "../state/history";
import { planDetails } from "../display/plan-table";
import { addDeployOptions, type DeployOptions } from "./deploy-options";
import { takeGivenConfig } from "./given-config";
import { StackAccess } from "./stack-access";
import { runStack, type StackRunOptions, type StackRunResult } from "./stack-run";
import { ask, print, requireYes } from "./terminal";
import { type GlobalOptions, Workspace } from "./workspace";

/** A command that changes a stack, in its words. */
interface DeployCommand {
  kind: "update" | "refresh" | "destroy";
  name: string;
  alias?: string;
  description: string;
  /** Options besides those that all have. */
  options: string[];
  /** `Updating (dev):` */
  doing: string;
  /** `Do you want to perform this update?` */
  noun: string;
  plan: (options: DeployOptions, refreshFirst: boolean) => DeploymentPlan;
}

const UP: DeployCommand = {
  kind: "update",
  name: "up",
  alias: "update",
  description: "Bring the stack to what the program wants",
  options: ["refresh"],
  doing: "Updating",
  noun: "update",
  plan: ({ refresh }, refreshFirst) => ({ refresh: refresh ?? refreshFirst, then: "update" }),
};
const REFRESH: DeployCommand = {
  kind: "refresh",
  name: "refresh",
  description: "Take into the state what is really there",
  options: ["clearPendingCreates"],
  doing: "Refreshing",
  noun: "refresh",
  plan: () => ({ refresh: true, then: "nothing" }),
};
const DESTROY: DeployCommand = {
  kind: "destroy",
  name: "destroy",
  alias: "down",
  description: "Delete everything in the stack",
  options: ["refresh"],
  doing: "Destroying",
  noun: "destroy",
  plan: ({ refresh }, refreshFirst) => ({ refresh: refresh ?? refreshFirst, then: "destroy" }),
};

const COMMON = ["diff", "showSames", "allSteps", "expectNoChanges"];
const CHANGING = [...COMMON, "yes", "skipPreview", "previewOnly"];

/** Adds preview, up, refresh and destroy. */
export function addDeployCommands(program: Command): void {
  const preview = program.command("preview").alias("pre");
  preview.description("Tell what an update would do");
  addDeployOptions(preview, [...COMMON, "json", "refresh"]).action((options: DeployOptions) =>
    previewStack(program.opts<GlobalOptions>(), options),
  );
  for (const command of [UP, REFRESH, DESTROY]) {
    const added = program.command(command.name).description(command.description);
    if (command.alias !== undefined) added.alias(command.alias);
    addDeployOptions(added, [...CHANGING, ...command.options]).action((options: DeployOptions) =>
      changeStack(program.opts<GlobalOptions>(), options, command),
    );
  }
}

async function previewStack(global: GlobalOptions, options: DeployOptions): Promise<void> {
  const access = await StackAccess.open(Workspace.open(global));
  takeGivenConfig(access, options);
  const isJson = options.json === true;
  if (!isJson) print(`Previewing update (${access.name.stack}):`);
  const plan = UP.plan(options, access.workspace.project.refreshFirst);
  const result = await runStack(access, runOptions(options, { preview: true, plan }));
  if (isJson) print(planJson(result.display, result.durationMs));
  conclude(result, options);
}

async function changeStack(
  global: GlobalOptions,
  options: DeployOptions,
  command: DeployCommand,
): Promise<void> {
  const isPreviewed = options.skipPreview !== true || options.previewOnly === true;
  if (isPreviewed && options.previewOnly !== true) requireYes({ ...global, ...options });
  const access = await StackAccess.open(Workspace.open(global));
  takeGivenConfig(access, options);
  const plan = command.plan(options, access.workspace.project.refreshFirst);
  const parts = { command, plan };
  if (isPreviewed && !(await previewed(access, options, parts))) return;
  print(`${command.doing} (${access.name.stack}):`);
  const result = await changeLocked(access, options, parts);
  if (command.kind === "destroy" && result.succeeded) {
    print(
      `The resources in the stack have been deleted, but the history and configuration associated ` +
        `with the stack are still maintained. To remove the stack itself, run ` +
        `\`stack rm ${access.name.stack}\`.`,
    );
  }
  conclude(result, options);
}

/** Shows what a command would do; whether it is to be done now. */
async function previewed(
  access: StackAccess,
  options: DeployOptions,
  { command, plan }: { command: DeployCommand; plan: DeploymentPlan },
): Promise<boolean> {
  print(`Previewing ${command.noun} (${access.name.stack}):`);
  const result = await runStack(access, runOptions(options, { preview: true, plan }));
  if (options.previewOnly === true || !result.succeeded) {
    conclude(result, options);
    return false;
  }
  if (options.yes === true || (await confirmed(command, result.display))) return true;
  throw new EngineError(
    "cancelled",
    `confirmation declined, not proceeding with the ${command.noun}`,
  );
}

async function changeLocked(
  access: StackAccess,
  options: DeployOptions,
  { command, plan }: { command: DeployCommand; plan: DeploymentPlan },
): Promise<StackRunResult> {
  const lock = access.lock((text) => {
    print(`warning: ${text}`);
  });
  const release = (): void => {
    lock.release();
  };
  process.once("exit", release);
  const startedAt = new Date();
  try {
    const result = await runStack(access, runOptions(options, { preview: false, plan }));
    writeHistory(access.workspace.layout.history(access.name), {
      stack: access.name.stack,
      kind: command.kind,
      startedAt,
      succeeded: result.succeeded,
      changes: result.display.steps.map(({ op }) => op),
    });
    return result;
  } finally {
    process.off("exit", release);
    release();
  }
}

function runOptions(
  options: DeployOptions,
  { preview, plan }: { preview: boolean; plan: DeploymentPlan },
): StackRunOptions {
  return {
    preview,
    plan,
    parallel: options.parallel,
    diff: options.diff === true,
    showSames: options.showSames === true,
    allSteps: options.allSteps === true,
    quiet: options.json === true,
    clearPendingCreates: options.clearPendingCreates === true,
  };
}

async function confirmed({ noun }: DeployCommand, display: RunDisplay): Promise<boolean> {
  for (;;) {
    const answer = await ask(`Do you want to perform this ${noun}?`, ["yes", "no", "details"]);
    if (answer !== "details") return answer === "yes";
    for (const line of planDetails(display.steps)) print(line);
  }
}

/** Sets the exit code; what went wrong has been shown. */
function conclude({ succeeded, display }: StackRunResult, options: DeployOptions): void {
  if (!succeeded) process.exitCode = 1;
  else if (options.expectNoChanges === true && display.hasChanges) {
    throw new EngineError("invalid-input", "no changes were expected but changes were found");
  }
}
