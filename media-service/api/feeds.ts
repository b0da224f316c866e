import { InvalidInputError } from "../domain/errors";
import { applyQuery, MAX_PAGE_SIZE, type Page } from "../odata/apply-query";
import type { EntityType, Value, WireEntity } from "../odata/edm";
import { equalities } from "../odata/filter/evaluate";
import { restrictionsOf } from "../odata/filter/restriction";
import { type QueryOptions, readQueryOptions } from "../odata/query-options";
import { keyOf } from "../odata/resource-path";
import type { EntitySet, Wanted } from "./entity-set";
import type { ApiAnswer } from "./http";

/** Where the entities of a list come from. */
export interface FeedSource {
  readonly type: EntityType;
  readonly candidates: EntitySet["candidates"];
  /** Whether what comes after a key can be asked for: the list is in the order of its keys. */
  readonly isOrdered: boolean;
}

/** How a list is asked for. */
export interface FeedRequest {
  readonly query: URLSearchParams;
  readonly root: string;
  /** Behind the root, without a slash at its beginning. */
  readonly path: string;
  readonly title: string;
}

/** Answers with the entities of a list that the query wants. */
export async function feed(source: FeedSource, request: FeedRequest): Promise<ApiAnswer> {
  const { type } = source;
  const { query, path, title } = request;
  const options = readQueryOptions(query, type);
  if (options.after !== undefined && !source.isOrdered) {
    throw new InvalidInputError("$skiptoken can't be used with this list: use $skip");
  }
  const equal = equalities(options.filter);
  refuseEmptyId(equal);
  const page = await applyQuery(source.candidates(equal, wantedOf(options)), options);
  const { entities, count } = page;
  const next = page.hasMore ? nextAddress(source, request, { page, options, equal }) : undefined;
  return {
    status: 200,
    content: {
      ...{ kind: "feed", type, path, title, entities },
      ...(count === undefined ? {} : { count }),
      ...(options.select === undefined ? {} : { select: options.select }),
      ...(next === undefined ? {} : { next }),
    },
  };
}

// What is read in the order of its keys goes on after the last one, however far into the list that is.
function nextAddress(
  { isOrdered }: FeedSource,
  { query, root, path }: FeedRequest,
  found: { page: Page; options: QueryOptions; equal: ReadonlyMap<string, Value> },
): string {
  const { page, options, equal } = found;
  const next = new URLSearchParams(query);
  next.delete("$skip");
  next.delete("$skiptoken");
  const last = page.entities.at(-1);
  if (options.top !== undefined) next.set("$top", (options.top - MAX_PAGE_SIZE).toString());
  if (isOrdered && last !== undefined && options.orderBy.length === 0 && equal.size === 0) {
    next.set("$skiptoken", keyOf(last));
  } else {
    next.set("$skip", (options.skip + MAX_PAGE_SIZE).toString());
    if (options.after !== undefined) next.set("$skiptoken", options.after);
  }
  return `${root}${path}?${next.toString().replaceAll("%24", "$")}`;
}

// A count is of all, so nothing may be left out for it.
function wantedOf({ filter, after, inlineCount }: QueryOptions): Wanted {
  const restrictions = restrictionsOf(filter);
  return after === undefined || inlineCount ? { restrictions } : { restrictions, after };
}

// The service has always refused it, and clients rely on that to notice an unset variable.
function refuseEmptyId(equal: ReadonlyMap<string, Value>): void {
  if (equal.get("Id") === "") throw new InvalidInputError("$filter: Id can't be empty");
}

/** Answers with the number of entities of a list that pass the query's filter. */
export async function count(
  { type, candidates }: Pick<FeedSource, "type" | "candidates">,
  query: URLSearchParams,
): Promise<ApiAnswer> {
  const { filter } = readQueryOptions(query, type);
  const all = { skip: 0, top: 0, orderBy: [], inlineCount: true };
  const options = filter === undefined ? all : { ...all, filter };
  const page = await applyQuery(candidates(equalities(filter), wantedOf(options)), options);
  const text = (page.count ?? 0).toString();
  return { status: 200, content: { kind: "raw", contentType: "text/plain;charset=utf-8", text } };
}

/** Entities that are known already, as a source of a list. */
// eslint-disable-next-line @typescript-eslint/require-await -- a list that is known already
export async function* listed(entities: readonly WireEntity[]): AsyncIterable<WireEntity> {
  yield* entities;
}
