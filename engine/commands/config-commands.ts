import type { Command } from "commander";
import { EngineError } from "../errors";
import { fullKey, holdsSecret } from "../workspace/config-values";
import { MASK } from "../display/value-text";
import { StackAccess } from "./stack-access";
import { print, readInput } from "./terminal";
import { type GlobalOptions, Workspace } from "./workspace";

/** Adds `config`, which reads and changes a stack's settings. */
export function addConfigCommands(program: Command): void {
  const open = (): Promise<StackAccess> =>
    StackAccess.open(Workspace.open(program.opts<GlobalOptions>()));
  const config = program
    .command("config")
    .description("Show or change a stack's configuration")
    .option("--show-secrets", "secrets in clear")
    .action(async (options: { showSecrets?: boolean }) => {
      listConfig(await open(), options.showSecrets === true);
    });
  config
    .command("get <key>")
    .description("Print one value")
    .action(async (key: string) => {
      const access = await open();
      const value = access.readConfig().values[fullKey(access.name.project, key)];
      if (value === undefined) throw missing(access, key);
      print(value);
    });
  config
    .command("set <key> [value]")
    .description("Set one value, given or from the standard input")
    .option("--secret", "seal it")
    .option("--plaintext", "keep it in clear")
    .action(async (key: string, value: string | undefined, options: { secret?: boolean }) => {
      const text = value ?? (await readInput()).replace(/\r?\n$/, "");
      setConfig(await open(), { key, text, secret: options.secret === true });
    });
  config
    .command("rm <key>")
    .description("Remove one value")
    .action(async (key: string) => {
      const access = await open();
      if (!access.settings.removeConfig(fullKey(access.name.project, key)))
        throw missing(access, key);
      access.settings.save();
    });
}

function listConfig(access: StackAccess, showSecrets: boolean): void {
  const { values } = access.readConfig();
  const { project } = access.name;
  const secret = new Set(
    Object.entries(access.settings.config)
      .filter(([, value]) => holdsSecret(value))
      .map(([key]) => fullKey(project, key)),
  );
  for (const key of Object.keys(values).sort()) {
    const name = key.startsWith(`${project}:`) ? key.slice(project.length + 1) : key;
    print(`${name}  ${secret.has(key) && !showSecrets ? MASK : (values[key] ?? "")}`);
  }
}

function setConfig(
  { settings, sealer, name }: StackAccess,
  { key, text, secret }: { key: string; text: string; secret: boolean },
): void {
  if (secret && settings.encryptionSalt === undefined) {
    settings.setEncryptionSalt(sealer.crypter.salt); // so that the file's secrets open by themselves
  }
  settings.setConfig(
    fullKey(name.project, key),
    secret ? { secure: sealer.crypter.encrypt(text) } : text,
  );
  settings.save();
}

function missing({ name }: StackAccess, key: string): EngineError {
  return new EngineError(
    "not-found",
    `configuration key '${key}' is not set for stack '${name.stack}'`,
  );
}
