import { InvalidInputError } from "../domain/errors";
import {
  type ComplexType,
  type EntityType,
  isPrimitive,
  isPrimitiveCollection,
  type PropertyType,
  type Value,
  type WireEntity,
  type WireValue,
} from "./edm";
import { EntityBody } from "./entity-body";
import { readValue } from "./read-value";

/** Finds an entity type by the name of its set. */
export type TypeLookup = (setName: string) => EntityType | undefined;

type Json = Readonly<Record<string, unknown>>;

const BIND = "@odata.bind";
const MAX_ITEMS = 1000;
// Deepest is a job with tasks that have lists of complex values.
const MAX_DEPTH = 5;

/**
 * Reads an entity from a JSON body, verbose or light.
 *
 * @throws InvalidInputError naming a property that is unknown or not of its type.
 */
export function readJsonEntity(types: TypeLookup, type: EntityType, json: unknown): EntityBody {
  return readEntity({ types, depth: 0 }, type, json);
}

function readEntity(
  { types, depth }: { types: TypeLookup; depth: number },
  type: EntityType,
  json: unknown,
): EntityBody {
  if (!isObject(json)) throw new InvalidInputError("The body must be a JSON object");
  const values = new Map<string, Value>();
  const links = new Map<string, readonly string[]>();
  const nested = new Map<string, readonly EntityBody[]>();
  const structures = new Map<string, WireValue>();
  for (const [name, raw] of Object.entries(json)) {
    if (name === "__metadata" || name.startsWith("odata.")) continue;
    if (name.endsWith(BIND)) {
      const target = name.slice(0, -BIND.length);
      if (!Object.hasOwn(type.navigations, target)) throw unknownProperty(target, type);
      links.set(target, bound(name, raw));
    } else if (Object.hasOwn(type.navigations, name)) {
      readNavigation(name, raw);
    } else if (Object.hasOwn(type.properties, name)) {
      readProperty(name, raw);
    } else {
      throw unknownProperty(name, type);
    }
  }
  return new EntityBody({ values, links, nested, structures });

  function readProperty(name: string, raw: unknown): void {
    const definition = type.properties[name];
    if (definition === undefined) throw unknownProperty(name, type);
    if (isPrimitive(definition.type)) values.set(name, readValue(name, definition.type, raw));
    else structures.set(name, readComplex(name, definition.type, raw));
  }

  function readNavigation(name: string, raw: unknown): void {
    const items = itemsOf(name, raw);
    const uris = items.map(linkOf).filter((uri) => uri !== undefined);
    if (uris.length > 0) links.set(name, uris);
    const target = types(type.navigations[name]?.target ?? "");
    const inline = items.filter((item) => linkOf(item) === undefined);
    if (inline.length > 0 && target !== undefined) {
      if (depth >= MAX_DEPTH) throw new InvalidInputError("The body is nested too deeply");
      nested.set(
        name,
        inline.map((item) => readEntity({ types, depth: depth + 1 }, target, item)),
      );
    }
  }
}

function readComplex(name: string, type: Exclude<PropertyType, string>, raw: unknown): WireValue {
  if (raw === null) return null;
  if (isPrimitiveCollection(type)) {
    return listOf(name, raw).map((item) => readValue(name, type.collectionOf, item));
  }
  if (type.collection) return itemsOf(name, raw).map((item) => readObject(type, item));
  if (!isObject(raw)) throw new InvalidInputError(`${name} must be an object`);
  return readObject(type, raw);
}

// What a type does not know is passed over: newer clients send more than older services keep.
function readObject(type: ComplexType, item: Json): WireEntity {
  const values: Record<string, WireValue> = {};
  for (const [property, value] of Object.entries(item)) {
    if (!Object.hasOwn(type.properties, property)) continue;
    const definition = type.properties[property];
    if (definition === undefined) continue;
    values[property] = isPrimitive(definition)
      ? readValue(property, definition, value)
      : readComplex(property, definition, value);
  }
  return values;
}

// A list comes as an array, or as verbose JSON's `{ "results": [] }`; one entity as itself.
function itemsOf(name: string, raw: unknown): Json[] {
  if (raw === null || (isObject(raw) && Object.hasOwn(raw, "__deferred"))) return [];
  const items = listOf(name, raw);
  if (!items.every(isObject)) throw new InvalidInputError(`${name} must be a list of objects`);
  return items;
}

function listOf(name: string, raw: unknown): unknown[] {
  const list = isObject(raw) && Array.isArray(raw["results"]) ? raw["results"] : raw;
  const items: unknown[] = Array.isArray(list) ? list : [list];
  if (items.length > MAX_ITEMS) {
    throw new InvalidInputError(`${name} must be a list of at most ${MAX_ITEMS}`);
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

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unknownProperty(name: string, type: EntityType): InvalidInputError {
  return new InvalidInputError(
    `There is no property '${name.slice(0, 100)}' on an entity of type ${type.typeName}`,
  );
}
