import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseDocument } from "yaml";
import type { Home } from "../home";
import { writeDurably } from "../storage/durable-file";

/** Which stack's settings are meant, and where they come from. */
export interface StackSettingsSource {
  home: Home;
  projectRoot: string;
  stack: string;
  /** Another file than the project's own `Pulumi.<stack>.yaml`. */
  file?: string;
  /** Values, by full key, of what the settings leave open. */
  openValues?: Readonly<Record<string, string>>;
}

/** What a deployer is given. */
export interface StackSettingsCopy {
  file: string;
  /** What the settings left open, and this machine filled in. */
  filledIn: Record<string, string>;
}

/** The copy of a stack's settings that deployers are given. */
function settingsCopy({ home, stack }: Pick<StackSettingsSource, "home" | "stack">): string {
  return join(home.stackSettingsDirectory, `Pulumi.${stack}.yaml`);
}

/**
 * Copies a stack's settings into the home. There the salt of its secrets is added, for the project's own
 * file is committed and a laptop's salt is not for it, and what the file leaves to its deployment.
 *
 * @throws Error when the stack has no settings.
 */
export function copyStackSettings(source: StackSettingsSource): StackSettingsCopy {
  const original = source.file ?? join(source.projectRoot, `Pulumi.${source.stack}.yaml`);
  if (!existsSync(original)) {
    throw new Error(`stack ${source.stack} has no settings: there is no file ${original}`);
  }
  const copy = settingsCopy(source);
  const document = parseDocument(readFileSync(original, "utf8"));
  const earlier = existsSync(copy) ? saltIn(readFileSync(copy, "utf8")) : undefined;
  if (earlier !== undefined && !document.has("encryptionsalt")) {
    document.set("encryptionsalt", earlier);
  }
  const open = Object.entries(source.openValues ?? {}).filter(
    ([key]) => !document.hasIn(["config", key]),
  );
  for (const [key, value] of open) document.setIn(["config", key], value);
  writeDurably(copy, document.toString({ lineWidth: 0 }));
  return { file: copy, filledIn: Object.fromEntries(open) };
}

function saltIn(text: string): string | undefined {
  const document = parse(text) as { encryptionsalt?: unknown } | null;
  return typeof document?.encryptionsalt === "string" ? document.encryptionsalt : undefined;
}
