import { EngineError } from "../errors";
import type { ConfigDeclaration } from "./project";

/** A program's configuration: texts by full key, objects as JSON. */
export interface ConfigValues {
  values: Record<string, string>;
  /** Keys whose value holds a secret. */
  secretKeys: string[];
}

/** Where config values come from. */
export interface ConfigSources {
  project: string;
  stack: string;
  declarations: ReadonlyMap<string, ConfigDeclaration>;
  settings: Record<string, unknown>;
  decrypt: (sealed: string) => string;
}

/** The key with its namespace; the project's own keys may be written without. */
export function fullKey(project: string, key: string): string {
  return key.includes(":") ? key : `${project}:${key}`;
}

/** Whether a value, at any depth, is a secret. */
export function holdsSecret(value: unknown): boolean {
  if (isSecure(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsSecret);
}

/**
 * The configuration of a stack: its own values, then the project's defaults.
 *
 * @throws EngineError for a value that is missing, of another type, or in clear where it must not be.
 */
export function resolveConfig(sources: ConfigSources): ConfigValues {
  const { project, declarations, settings } = sources;
  const given = new Map(
    Object.entries(settings).map(([key, value]) => [fullKey(project, key), value]),
  );
  const missing: string[] = [];
  for (const [name, declaration] of declarations) {
    const key = fullKey(project, name);
    const fallback = declaration.value ?? declaration.default;
    if (given.has(key)) check(sources, { name, declaration, value: given.get(key) });
    else if (fallback !== undefined) given.set(key, fallback);
    else if (key.startsWith(`${project}:`)) missing.push(name);
  }
  if (missing.length > 0) throw missingKeys(sources.stack, missing);
  return opened(given, sources.decrypt);
}

function opened(given: Map<string, unknown>, decrypt: (sealed: string) => string): ConfigValues {
  const values: Record<string, string> = {};
  const secretKeys: string[] = [];
  for (const [key, value] of given) {
    const clear = reveal(value, decrypt);
    values[key] = typeof clear === "string" ? clear : JSON.stringify(clear);
    if (holdsSecret(value)) secretKeys.push(key);
  }
  return { values, secretKeys };
}

/** Whether a value is a secret, as a settings file has it. */
export function isSecure(value: unknown): value is { secure: string } {
  if (typeof value !== "object" || value === null) return false;
  const [only, ...others] = Object.entries(value);
  return only?.[0] === "secure" && typeof only[1] === "string" && others.length === 0;
}

function reveal(value: unknown, decrypt: (sealed: string) => string): unknown {
  if (isSecure(value)) return decrypt(value.secure);
  if (Array.isArray(value)) return value.map((item) => reveal(item, decrypt));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, reveal(item, decrypt)]),
  );
}

function check(
  { stack, decrypt }: ConfigSources,
  { name, declaration, value }: { name: string; declaration: ConfigDeclaration; value: unknown },
): void {
  if (declaration.type === undefined) return;
  const key = `stack '${stack}': configuration key '${name}'`;
  if (declaration.secret === true && !holdsSecret(value)) {
    throw new EngineError(
      "invalid-input",
      `${key} must be encrypted, as it is a secret; set it with \`config set --secret ${name}\``,
    );
  }
  if (!isOfType(reveal(value, decrypt), declaration)) {
    throw new EngineError("invalid-input", `${key} must be of type '${typeName(declaration)}'`);
  }
}

const TYPES: Record<string, (value: unknown) => boolean> = {
  string: (value) => typeof value === "string",
  integer: (value) =>
    typeof value === "string" ? /^[+-]?\d+$/.test(value) : Number.isInteger(value),
  boolean: (value) => typeof value === "boolean" || value === "true" || value === "false",
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

function isOfType(value: unknown, { type = "", items }: ConfigDeclaration): boolean {
  if (type !== "array") return TYPES[type]?.(value) ?? true;
  if (!Array.isArray(value) || items === undefined) return false;
  return value.every((item: unknown) => isOfType(item, items));
}

function typeName({ type, items }: ConfigDeclaration): string {
  return type === "array" && items !== undefined ? `array<${typeName(items)}>` : (type ?? "any");
}

function missingKeys(stack: string, names: string[]): EngineError {
  return new EngineError(
    "invalid-input",
    `stack '${stack}' is missing configuration ${names.length > 1 ? "values" : "value"} ` +
      `'${names.join("', '")}'; set each with \`config set KEY VALUE\``,
  );
}
