import { rmSync } from "node:fs";
import type { Command } from "commander";
import { EngineError } from "../errors";
import { readCheckpoint, writeCheckpoint } from "../state/checkpoint-file";
import { ORGANIZATION, type StackName } from "../state/layout";
import { selectedStack, selectStack } from "../workspace/selected-stack";
import { StackSettings } from "../workspace/stack-settings";
import { StackAccess } from "./stack-access";
import { addStackOutput } from "./stack-output";
import { addStackTransfer } from "./stack-transfer";
import { ask, print, requireYes } from "./terminal";
import { type GlobalOptions, Workspace } from "./workspace";

/** Adds `stack` with what it does to stacks as wholes. */
export function addStackCommands(program: Command): void {
  const global = (): GlobalOptions => program.opts();
  const stack = program.command("stack").description("Make, choose, list and remove stacks");
  stack
    .command("init [name]")
    .description("Make an empty stack and select it")
    .action((name: string | undefined) => initStack(Workspace.open(global()), name));
  stack
    .command("select [name]")
    .description("Choose the stack that commands without --stack are for")
    .option("-c, --create", "make it if there is none")
    .action((name: string | undefined, options: { create?: boolean }) =>
      chooseStack(Workspace.open(global()), { name, create: options.create === true }),
    );
  stack
    .command("ls")
    .description("List the project's stacks")
    .action(() => {
      listStacks(Workspace.open(global()));
    });
  stack
    .command("rm [name]")
    .description("Remove an empty stack; its settings file stays")
    .option("-y, --yes", "do it without asking")
    .option("-f, --force", "also if it has resources, which are then forgotten, not deleted")
    .option("--preserve-config", "taken for the official CLI's sake: settings always stay")
    .action((name: string | undefined, options: RemoveOptions) =>
      removeStack(Workspace.open(global()), name, options),
    );
  addStackOutput(stack, global);
  addStackTransfer(stack, global);
}

async function initStack(workspace: Workspace, given: string | undefined): Promise<void> {
  const stack = given === undefined ? workspace.stackName() : workspace.ownStack(given);
  const name: StackName = { project: workspace.project.name, stack };
  const file = workspace.layout.checkpoint(name);
  if (readCheckpoint(file) !== undefined) {
    throw new EngineError("invalid-input", `stack '${stack}' already exists`);
  }
  workspace.layout.prepare();
  const { encryptionSalt } = new StackSettings(workspace.settingsFile(stack));
  const sealer =
    encryptionSalt === undefined
      ? await workspace.newSealer()
      : await workspace.sealer(encryptionSalt);
  writeCheckpoint(file, {
    stack: `${ORGANIZATION}/${name.project}/${stack}`,
    salt: sealer.crypter.salt,
    resources: [],
    operations: [],
  });
  selectStack(workspace.selection, stack);
  print(`Created stack '${stack}'`);
}

async function chooseStack(
  workspace: Workspace,
  { name, create }: { name: string | undefined; create: boolean },
): Promise<void> {
  const stack = name === undefined ? workspace.stackName() : workspace.ownStack(name);
  const exists = workspace.layout.stacks(workspace.project.name).includes(stack);
  if (exists) selectStack(workspace.selection, stack);
  else if (create) await initStack(workspace, stack);
  else throw new EngineError("not-found", `there is no stack '${stack}'; --create makes it`);
}

function listStacks(workspace: Workspace): void {
  const selected = selectedStack(workspace.selection);
  const { name: project } = workspace.project;
  for (const stack of workspace.layout.stacks(project)) {
    const file = readCheckpoint(workspace.layout.checkpoint({ project, stack }));
    const count = file?.latest?.resources?.length ?? 0;
    print(`${stack}${stack === selected ? "*" : ""}  ${count} resources`);
  }
}

interface RemoveOptions {
  yes?: boolean;
  force?: boolean;
}

async function removeStack(
  workspace: Workspace,
  given: string | undefined,
  options: RemoveOptions,
): Promise<void> {
  requireYes({ ...workspace.options, ...options });
  const access = await StackAccess.open(workspace, given && workspace.ownStack(given));
  const { stack } = access.name;
  const lock = access.lock(print);
  try {
    const { resources } = access.readState(print);
    if (resources.length > 0 && options.force !== true) {
      throw new EngineError(
        "invalid-input",
        `stack '${stack}' still has ${resources.length} resources: \`destroy\` it first, or --force to forget them`,
      );
    }
    if (options.yes !== true && (await ask(`Remove stack '${stack}'?`, ["yes", "no"])) === "no") {
      return;
    }
    const { layout } = workspace;
    const file = layout.checkpoint(access.name);
    for (const ending of ["", ".bak", ".attrs", ".bak.attrs"])
      rmSync(file + ending, { force: true });
    rmSync(access.journalFile, { force: true });
    for (const directory of [layout.history(access.name), layout.backups(access.name)]) {
      rmSync(directory, { recursive: true, force: true });
    }
    if (selectedStack(workspace.selection) === stack) selectStack(workspace.selection, undefined);
    print(`Stack '${stack}' has been removed`);
  } finally {
    lock.release();
  }
}
