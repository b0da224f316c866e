import { EngineError } from "../errors";
import type { PathStep } from "../values/property-diff";
import { parsePath } from "../values/property-path";
import { fullKey } from "./config-values";

const STEP = String.raw`\[\d+\]|\["(?:[^"\\]|\\.)*"\]`;
const PATH = new RegExp(String.raw`^(?:[^.[\]]+|\["(?:[^"\\]|\\.)*"\])(?:\.[^.[\]]+|${STEP})*$`);

/**
 * Where a config value lies: its full key, and the steps into its object where the key is a path, as
 * in `accounts.east.name` or `names[0]`.
 *
 * @throws EngineError when it is no path.
 */
export function configPlace(project: string, key: string, isPath = false): PathStep[] {
  if (!isPath) return [fullKey(project, key)];
  const [, namespace = project, path = key] = /^([^.:[\]]+):(.*)$/s.exec(key) ?? [];
  const [first, ...steps] = PATH.test(path) ? parsePath(path) : [];
  if (first === undefined) {
    throw new EngineError(
      "invalid-input",
      `'${key}' is no path into a config value: write it as in 'accounts.east.name', ` +
        `'names[0]' or 'tags["a.b"]'`,
    );
  }
  return [`${namespace}:${first}`, ...steps];
}

/** A text as a member of an object: whole numbers, true and false are what they look like. */
export function memberValue(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  const isNumber = /^(?:0|-?[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text));
  return isNumber ? Number(text) : text;
}
