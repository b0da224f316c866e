import { Command, CommanderError, Option } from "commander";
import { addCancelCommand } from "./commands/cancel-command";
import { addConfigCommands } from "./commands/config-commands";
import { addDeployCommands } from "./commands/deploy-commands";
import { addStackCommands } from "./commands/stack-commands";
import { printAside } from "./commands/terminal";
import { EngineError, messageOf, unsupported } from "./errors";

/** Commands of the official CLI that are not offered here. */
const ELSEWHERE = [
  ...["import", "state", "watch", "new", "login", "logout", "whoami", "plugin", "package"],
  ...[
    "policy",
    "console",
    "convert",
    "env",
    "org",
    "schema",
    "install",
    "logs",
    "ai",
    "deployment",
  ],
];

/** Runs the command line; sets the process's exit code. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    await commandLine().parseAsync([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode; // it has been shown
      return;
    }
    printAside(`error: ${error instanceof EngineError ? error.message : stackOf(error)}`);
    process.exitCode = 1;
  }
}

function commandLine(): Command {
  const program = new Command("pulumi");
  program
    .description(
      "Deploys this project's Pulumi program without the official CLI. Stacks lie in a file:// " +
        "backend in the official format, so that either can go on where the other stopped.",
    )
    .option("-C, --cwd <directory>", "run as if started there", ".")
    .option("-s, --stack <name>", "the stack")
    .option("--config-file <file>", "use this file instead of Pulumi.<stack>.yaml")
    .option("--non-interactive", "never ask")
    .addOption(new Option("--color <when>").default("never").hideHelp())
    .exitOverride();
  addDeployCommands(program);
  addStackCommands(program);
  addConfigCommands(program);
  addCancelCommand(program);
  for (const name of ELSEWHERE) {
    program
      .command(name, { hidden: true })
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() => {
        throw unsupported(`command ${name}`);
      });
  }
  return program;
}

/** An error that nobody expected: where it came from matters. */
function stackOf(error: unknown): string {
  return error instanceof Error && error.stack !== undefined ? error.stack : messageOf(error);
}

if (require.main === module) void main(process.argv.slice(2));
