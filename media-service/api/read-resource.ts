import { NotFoundError } from "../domain/errors";
import { primitiveText } from "../odata/atom/write-property";
import type { Value, WireEntity, WireValue } from "../odata/edm";
import { readEntityOptions } from "../odata/query-options";
import { keyInPath } from "../odata/resource-path";
import type { ApiModel } from "./api-model";
import { type ApiResource, type EntityAddress, follow } from "./api-resource";
import { count, feed, type FeedRequest, type FeedSource, listed } from "./feeds";
import type { ApiAnswer, ApiRequest } from "./http";
import { metadata } from "./metadata";

type Of<K extends ApiResource["kind"]> = Extract<ApiResource, { kind: K }>;

/** Answers a GET; undefined where there is nothing to be got. */
export async function readResource(
  model: ApiModel,
  resource: ApiResource,
  request: ApiRequest,
): Promise<ApiAnswer | undefined> {
  switch (resource.kind) {
    case "service":
      return { status: 200, content: { kind: "sets", names: [...model.sets.keys()] } };
    case "metadata":
      return metadata(model);
    case "function":
      return resource.call(request.query);
    case "set":
    case "related":
      return list(model, resource, request);
    case "setCount":
    case "relatedCount":
      return count(await sourceOf(resource), request.query);
    default:
      return readMember(model, resource, request);
  }
}

async function readMember(
  model: ApiModel,
  resource: ApiResource,
  request: ApiRequest,
): Promise<ApiAnswer | undefined> {
  switch (resource.kind) {
    case "entity":
      return entity(resource, request.query);
    case "property":
      return property(resource);
    case "value":
      return value(resource);
    case "links":
      return links(model, resource, request);
    default:
      return undefined;
  }
}

async function list(
  model: ApiModel,
  resource: Of<"set" | "related">,
  request: ApiRequest,
): Promise<ApiAnswer> {
  const title = resource.kind === "set" ? resource.set.type.setName : resource.name;
  return feed(await sourceOf(resource), feedRequest(model, request, title));
}

async function sourceOf(
  resource: Of<"set" | "setCount"> | Of<"related" | "relatedCount">,
): Promise<FeedSource> {
  if ("target" in resource) {
    const entities = await follow(resource);
    return { type: resource.target.type, candidates: () => listed(entities), isOrdered: false };
  }
  const { set } = resource;
  return { type: set.type, candidates: set.candidates.bind(set), isOrdered: true };
}

function feedRequest(model: ApiModel, { query, path }: ApiRequest, title: string): FeedRequest {
  return { query, root: model.root(), path: path.replace(/^\/+/, ""), title };
}

async function entity({ set, id }: EntityAddress, query: URLSearchParams): Promise<ApiAnswer> {
  const options = readEntityOptions(query, set.type);
  const found = await set.get(id);
  return { status: 200, content: { kind: "entity", type: set.type, entity: found, ...options } };
}

async function property(resource: Of<"property" | "value">): Promise<ApiAnswer> {
  const { path, type } = resource;
  const name = path.at(-1) ?? "";
  return { status: 200, content: { kind: "property", name, type, value: await valueAt(resource) } };
}

async function value(resource: Of<"property" | "value">): Promise<ApiAnswer> {
  const found = (await valueAt(resource)) as Value;
  if (found === null) throw new NotFoundError(`${resource.path.join("/")} has no value`);
  const contentType = "text/plain;charset=utf-8";
  return { status: 200, content: { kind: "raw", contentType, text: primitiveText(found) } };
}

async function valueAt({ set, id, path }: Of<"property" | "value">): Promise<WireValue> {
  let at: WireValue = await set.get(id);
  for (const name of path) at = (at as WireEntity | null)?.[name] ?? null;
  return at;
}

async function links(
  model: ApiModel,
  resource: Of<"links">,
  request: ApiRequest,
): Promise<ApiAnswer | undefined> {
  if (resource.key !== undefined) return undefined;
  const { target, many, name, set, id } = resource;
  const address = (one: WireEntity): string =>
    `${model.root()}${target.type.setName}${keyInPath(one)}`;
  const path = `${set.type.setName}/$links/${name}`;
  const found = await follow(resource);
  if (many) {
    // Filters, pages and counts are those of the list of entities.
    const source = { type: target.type, candidates: () => listed(found), isOrdered: false };
    const { content } = await feed(source, feedRequest(model, request, name));
    const { entities = [], count: all } = content?.kind === "feed" ? content : {};
    const counted = all === undefined ? {} : { count: all };
    return {
      status: 200,
      content: { kind: "links", path, uris: entities.map(address), ...counted },
    };
  }
  const [one] = found;
  if (one === undefined) throw new NotFoundError(`'${id}' has no ${name}`);
  return { status: 200, content: { kind: "link", path, uri: address(one) } };
}
