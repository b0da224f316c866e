import type { Command } from "commander";
import { EngineError } from "../errors";
import { configPlace, memberValue } from "../workspace/config-key";
import { fullKey, holdsSecret } from "../workspace/config-values";
import { MASK } from "../display/value-text";
import { StackAccess } from "./stack-access";
import { print, readInput } from "./terminal";
import { type GlobalOptions, Workspace } from "./workspace";

const PATH_OPTION = ["--path", "the key is a path into an object or a list"] as const;

interface SetOptions {
  secret?: boolean;
  path?: boolean;
}

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
    .option(...PATH_OPTION)
    .action(async (key: string, { path }: { path?: boolean }) => {
      print(valueAt(await open(), key, path));
    });
  config
    .command("set <key> [value]")
    .description("Set one value, given or from the standard input")
    .option("--secret", "seal it")
    .option("--plaintext", "keep it in clear")
    .option(...PATH_OPTION)
    .action(async (key: string, value: string | undefined, options: SetOptions) => {
      const text = value ?? (await readInput()).replace(/\r?\n$/, "");
      setConfig(await open(), { key, text, ...options });
    });
  config
    .command("rm <key>")
    .description("Remove one value")
    .option(...PATH_OPTION)
    .action(async (key: string, { path }: { path?: boolean }) => {
      const access = await open();
      if (!access.settings.removeConfig(configPlace(access.name.project, key, path)))
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

function valueAt(access: StackAccess, key: string, isPath?: boolean): string {
  const [first = "", ...steps] = configPlace(access.name.project, key, isPath);
  const text = access.readConfig().values[first];
  if (text === undefined) throw missing(access, key);
  if (steps.length === 0) return text;
  const value = steps.reduce<unknown>(
    (holder, step) =>
      typeof holder === "object" ? (holder as Record<string, unknown> | null)?.[step] : undefined,
    objectOf(text),
  );
  if (value === undefined) throw missing(access, key);
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The object or the list that a config value holds as JSON, if it does. */
function objectOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a text, which has no members
  }
}

function setConfig(
  { settings, sealer, name }: StackAccess,
  { key, text, secret, path }: { key: string; text: string } & SetOptions,
): void {
  if (secret === true && settings.encryptionSalt === undefined) {
    settings.setEncryptionSalt(sealer.crypter.salt); // so that the file's secrets open by themselves
  }
  const place = configPlace(name.project, key, path);
  const inClear = place.length > 1 ? memberValue(text) : text;
  settings.setConfig(place, secret === true ? { secure: sealer.crypter.encrypt(text) } : inClear);
  settings.save();
}

function missing({ name }: StackAccess, key: string): EngineError {
  return new EngineError(
    "not-found",
    `configuration key '${key}' is not set for stack '${name.stack}'`,
  );
}
