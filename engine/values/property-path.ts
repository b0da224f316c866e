import { isObject, type PropertyMap, type PropertyValue } from "./property-value";
import type { PathStep } from "./property-diff";

/** Matches any one step of a path. */
const WILDCARD = "*";

/**
 * The steps of a path such as `a.b[0]["c.d"]` or `list[*].name`.
 * Source: https://www.pulumi.com/docs/iac/concepts/options/ignorechanges/
 */
export function parsePath(text: string): PathStep[] {
  const steps: PathStep[] = [];
  const token = /\[(\d+)\]|\[\*\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g;
  for (const [whole, index, quoted, plain] of text.matchAll(token)) {
    if (index !== undefined) steps.push(Number(index));
    else if (quoted !== undefined) steps.push(quoted.replace(/\\(.)/g, "$1"));
    else steps.push(whole === "[*]" ? WILDCARD : (plain ?? ""));
  }
  return steps;
}

/** The path as text, in the form that {@link parsePath} reads. */
export function formatPath(path: readonly PathStep[]): string {
  return path
    .map((step, position) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[\w-]+$/.test(step)) return `[${JSON.stringify(step)}]`;
      return position === 0 ? step : `.${step}`;
    })
    .join("");
}

/** Whether one of the paths lies at, above or below the other. */
export function overlaps(pattern: readonly PathStep[], path: readonly PathStep[]): boolean {
  const length = Math.min(pattern.length, path.length);
  return Array.from({ length }).every((_, i) => pattern[i] === WILDCARD || pattern[i] === path[i]);
}

/** The new inputs with every ignored path set back to its old value, or taken out if it had none. */
export function keepIgnored(
  news: PropertyMap,
  olds: PropertyMap,
  paths: readonly string[],
): PropertyMap {
  let result: PropertyValue = news;
  for (const path of paths) result = restore(result, olds, parsePath(path));
  return isObject(result) ? result : news;
}

function restore(
  news: PropertyValue,
  olds: PropertyValue | undefined,
  path: readonly PathStep[],
): PropertyValue {
  const [step, ...rest] = path;
  if (step === undefined) return olds ?? news;
  const copy = Array.isArray(news) ? [...news] : isObject(news) ? { ...news } : undefined;
  if (copy === undefined) return news;
  for (const key of step === WILDCARD ? keysOf(news, olds) : [step]) {
    restoreMember(copy, { key, old: memberOf(olds, key), rest });
  }
  return copy;
}

function restoreMember(
  copy: PropertyValue[] | PropertyMap,
  { key, old, rest }: { key: PathStep; old: PropertyValue | undefined; rest: PathStep[] },
): void {
  const current = memberOf(copy, key);
  if (rest.length > 0) {
    if (current !== undefined) setMember(copy, key, restore(current, old, rest));
  } else if (old === undefined) {
    if (!Array.isArray(copy)) Reflect.deleteProperty(copy, key);
  } else {
    setMember(copy, key, old);
  }
}

function memberOf(value: PropertyValue | undefined, key: PathStep): PropertyValue | undefined {
  if (Array.isArray(value)) return typeof key === "number" ? value[key] : undefined;
  return isObject(value) ? value[key] : undefined;
}

function setMember(
  target: PropertyValue[] | PropertyMap,
  key: PathStep,
  value: PropertyValue,
): void {
  if (!Array.isArray(target)) target[key] = value;
  else if (typeof key === "number" && key < target.length) target[key] = value;
}

function keysOf(...values: (PropertyValue | undefined)[]): PathStep[] {
  const keys = values.flatMap((value): PathStep[] => {
    if (Array.isArray(value)) return [...value.keys()];
    return isObject(value) ? Object.keys(value) : [];
  });
  return [...new Set(keys)];
}
