import type { Command } from "commander";
import { cancelLocks } from "../state/stack-lock";
import { ask, print, requireYes } from "./terminal";
import { type GlobalOptions, Workspace } from "./workspace";

/** Adds `cancel`, which takes a stack's lock from a run that is gone. */
export function addCancelCommand(program: Command): void {
  program
    .command("cancel [name]")
    .description("Remove the lock that a run left behind; a run that goes on is not ended by it")
    .option("-y, --yes", "do it without asking")
    .action(async (given: string | undefined, options: { yes?: boolean }) => {
      const global = program.opts<GlobalOptions>();
      requireYes({ ...global, ...options });
      const workspace = Workspace.open(global);
      const stack = given === undefined ? workspace.stackName() : workspace.ownStack(given);
      const question = `Remove the lock of stack '${stack}', whoever holds it?`;
      if (options.yes !== true && (await ask(question, ["yes", "no"])) === "no") return;
      const project = workspace.project.name;
      const removed = cancelLocks(workspace.layout.locks({ project, stack }));
      for (const lock of removed) print(`Removed a lock ${lock}`);
      if (removed.length === 0) print(`Stack '${stack}' is not locked`);
    });
}
