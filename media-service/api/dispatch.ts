import { InvalidInputError, NotFoundError } from "../domain/errors";
import { applyQuery } from "../odata/apply-query";
import type { EntityType, Value, WireEntity } from "../odata/edm";
import type { EntityBody } from "../odata/entity-body";
import { compareValues, equalities } from "../odata/filter/evaluate";
import { readQueryOptions } from "../odata/query-options";
import { keyInPath, parseResourcePath, type PathSegment } from "../odata/resource-path";
import type { EntitySet } from "./entity-set";
import { HttpError } from "./error-response";
import type { ApiFunction } from "./functions";
import type { ApiAnswer, ApiRequest } from "./http";
import { readBody } from "./read-body";

/** What a call can reach. */
export interface ApiModel {
  readonly sets: ReadonlyMap<string, EntitySet>;
  readonly functions: ReadonlyMap<string, ApiFunction>;
  /** The address of the API's root, with a slash at the end. */
  readonly root: () => string;
  /** Tells the operator of an error that a client gets no details of. */
  readonly report: (error: unknown) => void;
}

/** Finds out what a call is for, and has it done. */
export async function dispatch(model: ApiModel, request: ApiRequest): Promise<ApiAnswer> {
  const [first, ...rest] = parseResourcePath(request.path);
  if (first === undefined) {
    requireMethod(request, ["GET", "HEAD"]);
    return { status: 200, content: { kind: "sets", names: [...model.sets.keys()] } };
  }
  const set = model.sets.get(first.name);
  if (set !== undefined) {
    return first.key === undefined
      ? onSet(model, set, { request, rest })
      : onEntity(model, set, { request, rest, id: first.key });
  }
  const called = model.functions.get(first.name.toLowerCase());
  if (called === undefined || rest.length > 0) {
    throw new NotFoundError(`There is no resource '${first.name}'`);
  }
  requireMethod(request, ["GET", "POST"]);
  return called(request.query);
}

async function onSet(
  model: ApiModel,
  set: EntitySet,
  { request, rest }: { request: ApiRequest; rest: readonly PathSegment[] },
): Promise<ApiAnswer> {
  const [next] = rest;
  if (next?.name === "$count" && rest.length === 1) {
    return count(set, set.candidates.bind(set), request.query);
  }
  if (next !== undefined) throw new NotFoundError(`There is no resource '${next.name}' of a set`);
  if (request.method === "POST") return create(model, set, request);
  requireMethod(request, ["GET", "HEAD"]);
  return feed(set.type, (equal) => set.candidates(equal), request.query);
}

async function onEntity(
  model: ApiModel,
  set: EntitySet,
  { request, rest, id }: { request: ApiRequest; rest: readonly PathSegment[]; id: string },
): Promise<ApiAnswer> {
  const [next] = rest;
  if (next !== undefined) {
    if (rest.length > 1) throw new NotFoundError("The address goes too deep");
    return onMember(model, set, { request, next, id });
  }
  switch (request.method) {
    case "GET":
    case "HEAD":
      return {
        status: 200,
        content: { kind: "entity", type: set.type, entity: await set.get(id) },
      };
    case "MERGE":
    case "PATCH":
    case "PUT":
      return update(model, set, { request, id });
    case "DELETE":
      if (set.delete === undefined) break;
      await set.delete(id, request.query);
      return changed(set, id);
  }
  throw notAllowed(request);
}

async function onMember(
  model: ApiModel,
  set: EntitySet,
  { request, next, id }: { request: ApiRequest; next: PathSegment; id: string },
): Promise<ApiAnswer> {
  const { name } = next;
  const action = Object.hasOwn(set.actions ?? {}, name) ? set.actions?.[name] : undefined;
  if (action !== undefined) {
    requireMethod(request, ["POST"]);
    return action(id, request);
  }
  requireMethod(request, ["GET", "HEAD"]);
  if (Object.hasOwn(set.type.properties, name)) return property(set, id, name);
  if (Object.hasOwn(set.type.navigations, name)) return navigate(model, set, { request, id, name });
  throw new NotFoundError(`There is no '${name}' on an entity of type ${set.type.typeName}`);
}

async function create(model: ApiModel, set: EntitySet, request: ApiRequest): Promise<ApiAnswer> {
  if (set.create === undefined) throw notAllowed(request);
  const entity = await set.create(readBody(typeLookup(model), set.type, request));
  const operation = await set.noteOperation?.(entity["Id"] as string);
  return {
    status: operation === undefined ? 201 : 202,
    headers: {
      location: `${model.root()}${set.type.setName}${keyInPath(entity)}`,
      ...(operation === undefined ? {} : { "operation-id": operation }),
    },
    content: { kind: "entity", type: set.type, entity },
  };
}

async function update(
  model: ApiModel,
  set: EntitySet,
  { request, id }: { request: ApiRequest; id: string },
): Promise<ApiAnswer> {
  if (set.update === undefined) throw notAllowed(request);
  const body = readBody(typeLookup(model), set.type, request);
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

async function navigate(
  model: ApiModel,
  set: EntitySet,
  { request, id, name }: { request: ApiRequest; id: string; name: string },
): Promise<ApiAnswer> {
  const navigation = set.type.navigations[name];
  const target = model.sets.get(navigation?.target ?? "")?.type;
  if (navigation === undefined || target === undefined || set.navigate === undefined) {
    throw new NotFoundError(`There is no '${name}' here`);
  }
  const entities = await set.navigate(id, name);
  if (navigation.many) return feed(target, () => listed(entities), request.query);
  const [entity] = entities;
  if (entity === undefined) throw new NotFoundError(`'${id}' has no ${name}`);
  return { status: 200, content: { kind: "entity", type: target, entity } };
}

async function property(set: EntitySet, id: string, name: string): Promise<ApiAnswer> {
  const definition = set.type.properties[name];
  if (definition === undefined) throw new NotFoundError(`There is no property '${name}'`);
  const value = (await set.get(id))[name] ?? null;
  return { status: 200, content: { kind: "property", name, type: definition.type, value } };
}

async function feed(
  type: EntityType,
  candidates: (equal: ReadonlyMap<string, Value>) => AsyncIterable<WireEntity>,
  query: URLSearchParams,
): Promise<ApiAnswer> {
  const options = readQueryOptions(query, type);
  const equal = equalities(options.filter);
  refuseEmptyId(equal);
  const page = await applyQuery(candidates(equal), options);
  return {
    status: 200,
    content: {
      kind: "feed",
      type,
      ...page,
      ...(options.select === undefined ? {} : { select: options.select }),
    },
  };
}

async function count(
  { type }: EntitySet,
  candidates: (equal: ReadonlyMap<string, Value>) => AsyncIterable<WireEntity>,
  query: URLSearchParams,
): Promise<ApiAnswer> {
  const { filter } = readQueryOptions(query, type);
  const options = { skip: 0, top: 0, orderBy: [], inlineCount: true };
  const page = await applyQuery(
    candidates(equalities(filter)),
    filter === undefined ? options : { ...options, filter },
  );
  const text = (page.count ?? 0).toString();
  return { status: 200, content: { kind: "raw", contentType: "text/plain;charset=utf-8", text } };
}

// The service has always refused it, and clients rely on that to notice an unset variable.
function refuseEmptyId(equal: ReadonlyMap<string, Value>): void {
  if (equal.get("Id") === "") throw new InvalidInputError("$filter: Id can't be empty");
}

// eslint-disable-next-line @typescript-eslint/require-await -- a list that is known already
async function* listed(entities: readonly WireEntity[]): AsyncIterable<WireEntity> {
  yield* entities;
}

/** Finds entity types by the name of their set. */
export function typeLookup(model: ApiModel): (setName: string) => EntityType | undefined {
  return (setName) => model.sets.get(setName)?.type;
}

function requireMethod(request: ApiRequest, methods: readonly string[]): void {
  if (!methods.includes(request.method)) throw notAllowed(request);
}

function notAllowed({ method, path }: ApiRequest): HttpError {
  return new HttpError(405, `${method} is not allowed on '${path.slice(0, 200)}'`);
}
