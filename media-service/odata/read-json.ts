import { InvalidInputError } from "../domain/errors";
import type { EntityType } from "./edm";
import type { EntityBody } from "./entity-body";
import { type RawEntity, readEntity, type TypeLookup, unknownProperty } from "./read-entity";
import { isObject, MAX_ITEMS } from "./read-structure";

type Json = Readonly<Record<string, unknown>>;

const BIND = "@odata.bind";
const MAX_DEPTH = 5;

/**
 * Reads an entity from a JSON body, verbose or light.
 *
 * @throws InvalidInputError naming a property that is unknown or not of its type.
 */
export function readJsonEntity(types: TypeLookup, type: EntityType, json: unknown): EntityBody {
  return readEntity(types, type, rawEntity(types, type, { json, depth: 0 }));
}

function rawEntity(
  types: TypeLookup,
  type: EntityType,
  { json, depth }: { json: unknown; depth: number },
): RawEntity {
  if (!isObject(json)) throw new InvalidInputError("The body must be a JSON object");
  if (depth > MAX_DEPTH) throw new InvalidInputError("The body is nested too deeply");
  const properties: [string, unknown][] = [];
  const links = new Map<string, readonly string[]>();
  const nested = new Map<string, readonly RawEntity[]>();
  for (const [name, raw] of Object.entries(json)) {
    if (isControlData(name)) continue;
    if (name.endsWith(BIND)) {
      const navigation = name.slice(0, -BIND.length);
      if (!Object.hasOwn(type.navigations, navigation)) throw unknownProperty(navigation, type);
      links.set(navigation, bound(name, raw));
    } else if (Object.hasOwn(type.navigations, name)) {
      readNavigation(name, raw);
    } else {
      properties.push([name, raw]);
    }
  }
  return { properties, links, nested };

  function readNavigation(name: string, raw: unknown): void {
    const items = itemsOf(name, raw);
    const uris = items.map(linkOf).filter((uri) => uri !== undefined);
    if (uris.length > 0) links.set(name, uris);
    const target = types(type.navigations[name]?.target ?? "");
    const inside = items.filter((item) => linkOf(item) === undefined);
    if (inside.length === 0 || target === undefined) return;
    nested.set(
      name,
      inside.map((item) => rawEntity(types, target, { json: item, depth: depth + 1 })),
    );
  }
}

function isControlData(name: string): boolean {
  return name === "__metadata" || name.startsWith("odata.") || /@odata\.(?!bind$)/.test(name);
}

// A list comes as an array, or as verbose JSON's `{ "results": [] }`; one entity as itself.
function itemsOf(name: string, raw: unknown): Json[] {
  if (raw === null || (isObject(raw) && Object.hasOwn(raw, "__deferred"))) return [];
  const list = isObject(raw) && Array.isArray(raw["results"]) ? raw["results"] : raw;
  const items: unknown[] = Array.isArray(list) ? list : [list];
  if (!items.every(isObject) || items.length > MAX_ITEMS) {
    throw new InvalidInputError(`${name} must be a list of at most ${MAX_ITEMS} objects`);
  }
  return items;
}

function linkOf(item: Json): string | undefined {
  const metadata = item["__metadata"];
  const uri = isObject(metadata) ? metadata["uri"] : undefined;
  return typeof uri === "string" ? uri : undefined;
}

function bound(name: string, raw: unknown): string[] {
  const uris: unknown[] = Array.isArray(raw) ? raw : [raw];
  if (!uris.every((uri) => typeof uri === "string") || uris.length > MAX_ITEMS) {
    throw new InvalidInputError(`${name} must be a list of addresses`);
  }
  return uris;
}
