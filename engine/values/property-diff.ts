import {
  isObject,
  isPlainMap,
  isSecret,
  type PropertyMap,
  type PropertyValue,
  Signature,
  signatureOf,
} from "./property-value";

/** How one value differs from another. */
export type ValueDiff =
  | { kind: "add"; news: PropertyValue }
  | { kind: "delete"; olds: PropertyValue }
  | { kind: "update"; olds: PropertyValue; news: PropertyValue }
  | { kind: "object"; members: PropertiesDiff }
  | { kind: "array"; members: Map<number, ValueDiff> };

/** The properties that differ, in the order of their names. */
export type PropertiesDiff = Map<string, ValueDiff>;

/** Equality as the engine sees it: a null property is no property, assets are equal by hash. */
export function equal(a: PropertyValue | undefined, b: PropertyValue | undefined): boolean {
  return diffValues(a, b) === undefined;
}

/** What differs between two maps; empty when nothing does. */
export function diffProperties(olds: PropertyMap, news: PropertyMap): PropertiesDiff {
  const result: PropertiesDiff = new Map();
  for (const key of [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort()) {
    const diff = diffValues(olds[key], news[key]);
    if (diff !== undefined) result.set(key, diff);
  }
  return result;
}

/** How the new value differs from the old one, or undefined when it does not. */
function diffValues(
  olds: PropertyValue | undefined,
  news: PropertyValue | undefined,
): ValueDiff | undefined {
  if (olds === news) return undefined;
  if (olds === undefined || olds === null) {
    return news === undefined || news === null ? undefined : { kind: "add", news };
  }
  if (news === undefined || news === null) return { kind: "delete", olds };
  return diffPresent(olds, news);
}

function diffPresent(olds: PropertyValue, news: PropertyValue): ValueDiff | undefined {
  if (Array.isArray(olds) && Array.isArray(news)) return diffArrays(olds, news);
  if (isPlainMap(olds) && isPlainMap(news)) {
    const members = diffProperties(olds, news);
    return members.size === 0 ? undefined : { kind: "object", members };
  }
  return sameMarked(olds, news) ? undefined : { kind: "update", olds, news };
}

function diffArrays(olds: PropertyValue[], news: PropertyValue[]): ValueDiff | undefined {
  const members = new Map<number, ValueDiff>();
  for (let index = 0; index < Math.max(olds.length, news.length); index += 1) {
    const diff = diffValues(olds[index], news[index]);
    if (diff !== undefined) members.set(index, diff);
  }
  return members.size === 0 ? undefined : { kind: "array", members };
}

/** Marked objects are equal as wholes: secrets by content, assets by hash, the rest by members. */
function sameMarked(olds: PropertyValue, news: PropertyValue): boolean {
  if (!isObject(olds) || !isObject(news) || signatureOf(olds) !== signatureOf(news)) return false;
  if (isSecret(olds)) return equal(olds["value"], news["value"]);
  const isAsset = [Signature.asset, Signature.archive].some((kind) => kind === signatureOf(olds));
  if (isAsset) return memberOf(olds, "hash") === memberOf(news, "hash");
  return diffProperties(olds, news).size === 0;
}

function memberOf(value: PropertyMap, key: string): PropertyValue | undefined {
  return value[key];
}

/** One step into a value. */
export type PathStep = string | number;

/** The paths of every changed leaf. */
export function changedPaths(diff: PropertiesDiff): PathStep[][] {
  return [...diff].flatMap(([key, member]) => pathsBelow([key], member));
}

function pathsBelow(path: PathStep[], diff: ValueDiff): PathStep[][] {
  if (diff.kind !== "object" && diff.kind !== "array") return [path];
  const members: Iterable<[PathStep, ValueDiff]> = diff.members;
  return [...members].flatMap(([step, member]) => pathsBelow([...path, step], member));
}
