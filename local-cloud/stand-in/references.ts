import { pathText } from "./finding";
import { type Declaration, subscriptionId } from "./kinds/resource-kind";
import { isMap, type Path, type Properties, textAt, type Value } from "./properties";

/** A property that names a resource which isn't there. */
export interface AbsentReference {
  property: string;
  id: string;
}

/**
 * What a declaration refers to and nobody has made: the resources that its own id lies in, and every
 * id of the local cloud's subscription among its values.
 */
export function absentReferences(
  declaration: Declaration,
  inputs: Properties,
  exists: (id: string) => boolean,
): AbsentReference[] {
  const holders = declaration.holderElsewhere === true ? [] : holdersOf(declaration, inputs);
  return [...holders, ...idsIn(inputs)].filter(({ id }) => !exists(id) && !isPart(id, exists));
}

/** The resources that an id lies in: its group, and each parent that has a name of its own. */
function holdersOf({ idPattern }: Declaration, inputs: Properties): AbsentReference[] {
  return [...idPattern.matchAll(/\/[A-Za-z]+\/\{(\w+)\}(?=\/)/g)].flatMap((match) => {
    const [pair, property = ""] = match;
    if (textAt(inputs, property) === undefined) return [];
    const pattern = idPattern.slice(0, match.index + pair.length);
    const id = pattern.replace(/\{(\w+)\}/g, (_all, name: string) => textAt(inputs, name) ?? "");
    return [{ property, id }];
  });
}

const ownId = new RegExp(`^/subscriptions/${subscriptionId}/resourceGroups/[^/]+(?:/.+)?$`, "i");

function idsIn(value: Value, path: Path = []): AbsentReference[] {
  if (typeof value === "string") {
    return ownId.test(value) ? [{ property: pathText(path), id: value }] : [];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => idsIn(item, [...path, index]));
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => idsIn(item, [...path, key]));
}

/** An account's `blobServices/default` and the like come with it and needn't be declared. */
function isPart(id: string, exists: (id: string) => boolean): boolean {
  const [, whole] = /^(.+)\/[A-Za-z]+Services\/default$/i.exec(id) ?? [];
  return whole !== undefined && exists(whole);
}
