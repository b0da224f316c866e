import { InvalidInputError, NotFoundError } from "../domain/errors";
import { isPrimitive, type PropertyType, type WireEntity } from "../odata/edm";
import { keyOf, parseResourcePath, type PathSegment } from "../odata/resource-path";
import type { ApiModel } from "./api-model";
import type { EntityLinks, EntitySet } from "./entity-set";
import type { ApiFunction } from "./functions";
import type { ApiAnswer, ApiRequest } from "./http";

/** An entity by its set and key. */
export interface EntityAddress {
  readonly set: EntitySet;
  readonly id: string;
}

/** A navigation property of an entity. */
export interface Navigation extends EntityAddress {
  readonly name: string;
  readonly target: EntitySet;
  readonly many: boolean;
}

/** What an address is the address of. */
export type ApiResource =
  | { readonly kind: "service" | "metadata" }
  | { readonly kind: "function"; readonly call: ApiFunction }
  | { readonly kind: "set"; readonly set: EntitySet }
  | { readonly kind: "setCount"; readonly set: EntitySet }
  | ({ readonly kind: "entity" } & EntityAddress)
  | ({ readonly kind: "related" } & Navigation)
  | ({ readonly kind: "relatedCount" } & Navigation)
  | ({ readonly kind: "linksOf" } & EntityAddress)
  | ({ readonly kind: "links"; readonly key?: string; readonly links?: EntityLinks } & Navigation)
  | ({ readonly kind: "property" | "value"; readonly path: readonly string[] } & EntityAddress & {
        readonly type: PropertyType;
      })
  | { readonly kind: "action"; readonly act: (request: ApiRequest) => Promise<ApiAnswer> };

const MAX_SEGMENTS = 10;

/**
 * Finds out what the path behind the API's root leads to, following navigation properties on its way.
 *
 * @throws NotFoundError when it leads nowhere, InvalidInputError when it is malformed.
 */
export async function findResource(model: ApiModel, path: string): Promise<ApiResource> {
  const segments = parseResourcePath(path);
  if (segments.length > MAX_SEGMENTS) throw new NotFoundError("The address goes too deep");
  let at: ApiResource = { kind: "service" };
  for (const segment of segments) at = await step(model, at, segment);
  return at;
}

async function step(model: ApiModel, at: ApiResource, segment: PathSegment): Promise<ApiResource> {
  switch (at.kind) {
    case "service":
      return fromRoot(model, segment);
    case "set":
      if (segment.name === "$count") return { kind: "setCount", set: at.set };
      break;
    case "entity":
      return fromEntity(model, at, segment);
    case "related":
      if (segment.name === "$count") return { ...at, kind: "relatedCount" };
      break;
    case "linksOf":
      return linksOf(model, at, segment);
    case "property":
      return fromProperty(at, segment);
  }
  throw new NotFoundError(`There is no resource '${segment.name.slice(0, 100)}' there`);
}

function fromRoot(model: ApiModel, { name, key }: PathSegment): ApiResource {
  if (name === "$metadata" && key === undefined) return { kind: "metadata" };
  const set = model.sets.get(name);
  if (set !== undefined) return key === undefined ? { kind: "set", set } : at(set, key);
  const call = model.functions.get(name.toLowerCase());
  if (call !== undefined && key === undefined) return { kind: "function", call };
  throw new NotFoundError(`There is no resource '${name.slice(0, 100)}'`);
}

async function fromEntity(
  model: ApiModel,
  { set, id }: EntityAddress,
  { name, key }: PathSegment,
): Promise<ApiResource> {
  const member = key === undefined ? memberOf({ set, id }, name) : undefined;
  if (member !== undefined) return member;
  const navigation = navigationOf(model, { set, id }, name);
  if (navigation.many && key === undefined) return { kind: "related", ...navigation };
  const related = await follow(navigation);
  const found = key === undefined ? related[0] : related.find((one) => isSame(keyOf(one), key));
  if (found === undefined) throw new NotFoundError(`'${id}' has no ${name} of that key`);
  return at(navigation.target, keyOf(found));
}

function memberOf({ set, id }: EntityAddress, name: string): ApiResource | undefined {
  if (name === "$links") return { kind: "linksOf", set, id };
  const action = own(set.actions, name);
  if (action !== undefined) return { kind: "action", act: (request) => action(id, request) };
  const definition = own(set.type.properties, name);
  if (definition === undefined) return undefined;
  return { kind: "property", set, id, path: [name], type: definition.type };
}

function linksOf(
  model: ApiModel,
  { set, id }: EntityAddress,
  { name, key }: PathSegment,
): ApiResource {
  const navigation = navigationOf(model, { set, id }, name);
  if (!navigation.many && key !== undefined) {
    throw new InvalidInputError(`${name} leads to one entity only, and takes no key`);
  }
  const links = own(set.links, name);
  return {
    kind: "links",
    ...navigation,
    ...(key === undefined ? {} : { key }),
    ...(links === undefined ? {} : { links }),
  };
}

function fromProperty(
  property: Extract<ApiResource, { kind: "property" | "value" }>,
  { name, key }: PathSegment,
): ApiResource {
  const { type, path } = property;
  if (name === "$value" && isPrimitive(type)) return { ...property, kind: "value" };
  const inner =
    !isPrimitive(type) && "complex" in type && !type.collection && key === undefined
      ? type.properties[name]
      : undefined;
  if (inner === undefined) {
    throw new NotFoundError(`There is no '${name.slice(0, 100)}' in ${path.join("/")}`);
  }
  return { ...property, path: [...path, name], type: inner };
}

function navigationOf(model: ApiModel, { set, id }: EntityAddress, name: string): Navigation {
  const { navigations, typeName } = set.type;
  const definition = own(navigations, name);
  const target = model.sets.get(definition?.target ?? "");
  if (definition === undefined || target === undefined || set.navigate === undefined) {
    throw new NotFoundError(`There is no '${name.slice(0, 100)}' on an entity of type ${typeName}`);
  }
  return { set, id, name, target, many: definition.many };
}

/** The entities that a navigation property leads to. */
export async function follow({ set, id, name }: Navigation): Promise<readonly WireEntity[]> {
  return (await set.navigate?.(id, name)) ?? [];
}

function at(set: EntitySet, id: string): ApiResource {
  return { kind: "entity", set, id };
}

function own<T>(members: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return Object.hasOwn(members ?? {}, name) ? members?.[name] : undefined;
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
