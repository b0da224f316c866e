/** How the user's arguments are handed on. */
export interface PulumiPlan {
  /** The command, such as `up`. */
  command: string;
  stack: string;
  /** The arguments without a settings file. */
  arguments: string[];
  /** Whether it talks to the stand-in provider. */
  needsCloud: boolean;
  /** Whether it reads the stack's settings. */
  takesSettings: boolean;
  settingsFile: string | undefined;
}

/** Commands that talk to providers, and read the stack's settings. */
const deployments: ReadonlySet<string> = new Set([
  "preview",
  "pre",
  "up",
  "update",
  "refresh",
  "destroy",
  "down",
  "dn",
  "import",
  "watch",
]);

/** Reads what must be known of a command line; everything else is the deployer's business. */
export function planPulumiRun(given: readonly string[], defaultStack: string): PulumiPlan {
  const settingsFile = valueOf(given, ["--config-file"]);
  const command = given.find((argument) => !argument.startsWith("-")) ?? "";
  const deploys = deployments.has(command) && !given.includes("--help") && !given.includes("-h");
  return {
    command,
    stack: valueOf(given, ["--stack", "-s"]) ?? defaultStack,
    arguments: deploys || command === "stack" ? without(given, "--config-file") : [...given],
    needsCloud: deploys,
    takesSettings: deploys,
    settingsFile,
  };
}

/** The value of an option in either form, `--name value` or `--name=value`. */
function valueOf(given: readonly string[], names: readonly string[]): string | undefined {
  for (const [index, argument] of given.entries()) {
    for (const name of names) {
      if (argument === name) return given[index + 1];
      if (argument.startsWith(`${name}=`)) return argument.slice(name.length + 1);
    }
  }
  return undefined;
}

function without(given: readonly string[], name: string): string[] {
  return given.filter(
    (argument, index) =>
      argument !== name && given[index - 1] !== name && !argument.startsWith(`${name}=`),
  );
}
