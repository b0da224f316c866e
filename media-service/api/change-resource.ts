import { InvalidInputError, NotFoundError } from "../domain/errors";
import type { EntityType, Value, WireEntity } from "../odata/edm";
import type { EntityBody } from "../odata/entity-body";
import { compareValues } from "../odata/filter/evaluate";
import { keyInPath, keyOf } from "../odata/resource-path";
import { type ApiModel, typeLookup } from "./api-model";
import { type ApiResource, type EntityAddress, follow, type Navigation } from "./api-resource";
import type { EntitySet } from "./entity-set";
import type { ApiAnswer, ApiRequest } from "./http";
import { linkedId } from "./linked-id";
import { readBody, readLinkBody } from "./read-body";

type Of<K extends ApiResource["kind"]> = Extract<ApiResource, { kind: K }>;

/** A request that changes something, with its body read on demand: a batch puts other addresses into it. */
export interface Change {
  readonly request: ApiRequest;
  readonly readEntity: (type: EntityType) => EntityBody;
  readonly readLink: () => string;
}

/** The change that a request asks for by itself. */
export function changeOf(model: ApiModel, request: ApiRequest): Change {
  return {
    request,
    readEntity: (type) => readBody(typeLookup(model), type, request),
    readLink: () => readLinkBody(request),
  };
}

/** Carries out what is no GET; undefined where the method is not offered. */
export async function changeResource(
  model: ApiModel,
  resource: ApiResource,
  change: Change,
): Promise<ApiAnswer | undefined> {
  if (resource.kind === "entity") return changeEntity(resource, change);
  if (resource.kind === "links") return changeLinks(resource, change);
  return change.request.method === "POST" ? post(model, resource, change) : undefined;
}

async function post(
  model: ApiModel,
  resource: ApiResource,
  change: Change,
): Promise<ApiAnswer | undefined> {
  switch (resource.kind) {
    case "function":
      return resource.call(change.request.query);
    case "action":
      return resource.act(change.request);
    case "set":
      return create(model, resource.set, change);
    case "related":
      return createRelated(model, resource, change);
    default:
      return undefined;
  }
}

async function changeEntity(
  { set, id }: EntityAddress,
  change: Change,
): Promise<ApiAnswer | undefined> {
  switch (change.request.method) {
    case "MERGE":
    case "PATCH":
    case "PUT":
      return update({ set, id }, change);
    case "DELETE":
      if (set.delete === undefined) return undefined;
      await set.delete(id, change.request.query);
      return changed(set, id);
    default:
      return undefined;
  }
}

async function create(
  model: ApiModel,
  set: EntitySet,
  change: Pick<Change, "readEntity">,
): Promise<ApiAnswer | undefined> {
  if (set.create === undefined) return undefined;
  const entity = await set.create(change.readEntity(set.type));
  const answer = created(model, set, entity);
  const operation = await set.noteOperation?.(keyOf(entity));
  if (operation === undefined) return answer;
  return { ...answer, status: 202, headers: { ...answer.headers, "operation-id": operation } };
}

/** The answer to a request that has made an entity. */
export function created(model: ApiModel, { type }: EntitySet, entity: WireEntity): ApiAnswer {
  return {
    status: 201,
    headers: { location: `${model.root()}${type.setName}${keyInPath(entity)}` },
    content: { kind: "entity", type, entity },
  };
}

async function createRelated(
  model: ApiModel,
  { set, id, name, target }: Navigation,
  change: Change,
): Promise<ApiAnswer | undefined> {
  const key = set.type.navigations[name]?.foreignKey;
  if (key === undefined) return undefined;
  const owner = keyOf(await set.get(id));
  const readEntity = (type: EntityType): EntityBody => {
    const body = change.readEntity(type);
    return body.with({ values: new Map([...body.values, [key, owner]]) });
  };
  return create(model, target, { readEntity });
}

async function update({ set, id }: EntityAddress, change: Change): Promise<ApiAnswer | undefined> {
  if (set.update === undefined) return undefined;
  const body = change.readEntity(set.type);
  refuseChangedConstants(set.type, await set.get(id), body);
  await set.update(id, body);
  return changed(set, id);
}

async function changed(set: EntitySet, id: string): Promise<ApiAnswer> {
  const operation = await set.noteOperation?.(id);
  return operation === undefined
    ? { status: 204 }
    : { status: 202, headers: { "operation-id": operation } };
}

// A client may send back what it read; only another value is a mistake.
function refuseChangedConstants(type: EntityType, entity: WireEntity, body: EntityBody): void {
  for (const [name, value] of body.values) {
    if (type.properties[name]?.write !== "create" || value === null || value === "") continue;
    if (compareValues(value, (entity[name] ?? null) as Value) !== 0) {
      throw new InvalidInputError(`${name} can't be changed once the entity is made`);
    }
  }
}

async function changeLinks(resource: Of<"links">, change: Change): Promise<ApiAnswer | undefined> {
  const { links, many, key, id, target } = resource;
  if (links === undefined) return undefined;
  const { method } = change.request;
  if (method === "DELETE") {
    await links.remove(id, key ?? (await onlyLinked(resource)));
  } else if (method === (many ? "POST" : "PUT") && key === undefined) {
    await links.add(id, linkedId(change.readLink(), target.type.setName));
  } else {
    return undefined;
  }
  return { status: 204 };
}

async function onlyLinked(resource: Of<"links">): Promise<string> {
  const [only] = resource.many ? [] : await follow(resource);
  if (only === undefined) {
    throw new NotFoundError(`'${resource.id}' has no ${resource.name} of that key`);
  }
  return keyOf(only);
}
