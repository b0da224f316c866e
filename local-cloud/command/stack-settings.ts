import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Home } from "../home";
import { writeDurably } from "../storage/durable-file";

/** Which stack's settings are meant, and where they come from. */
export interface StackSettingsSource {
  home: Home;
  projectRoot: string;
  stack: string;
  /** Another file than the project's own `Pulumi.<stack>.yaml`. */
  file?: string;
}

/** The copy of a stack's settings that deployers are given. */
function settingsCopy({ home, stack }: Pick<StackSettingsSource, "home" | "stack">): string {
  return join(home.stackSettingsDirectory, `Pulumi.${stack}.yaml`);
}

/**
 * Copies a stack's settings into the home and adds the salt of its secrets there: the project's own file
 * is committed, and a laptop's salt is not for it.
 *
 * @returns Path of the copy.
 * @throws Error when the stack has no settings.
 */
export function copyStackSettings(source: StackSettingsSource): string {
  const original = source.file ?? join(source.projectRoot, `Pulumi.${source.stack}.yaml`);
  if (!existsSync(original)) {
    throw new Error(`stack ${source.stack} has no settings: there is no file ${original}`);
  }
  const text = readFileSync(original, "utf8");
  const copy = settingsCopy(source);
  const ownSalt = saltIn(text);
  const salt = ownSalt ?? (existsSync(copy) ? saltIn(readFileSync(copy, "utf8")) : undefined);
  const added = ownSalt === undefined && salt !== undefined ? `\nencryptionsalt: ${salt}\n` : "";
  writeDurably(copy, `${text.trimEnd()}\n${added}`);
  return copy;
}

function saltIn(text: string): string | undefined {
  const document = parse(text) as { encryptionsalt?: unknown } | null;
  return typeof document?.encryptionsalt === "string" ? document.encryptionsalt : undefined;
}
