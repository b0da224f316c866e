import type { Value, WireEntity } from "./edm";
import { compareValues, matches } from "./filter/evaluate";
import type { QueryOptions } from "./query-options";

/** Entities that a list is answered with, at most, whatever `$top` says. */
export const MAX_PAGE_SIZE = 1000;

/** A part of a list, and how many there are before `$skip` and `$top` if that was asked for. */
export interface Page {
  readonly entities: readonly WireEntity[];
  readonly count?: number;
}

/** Filters, sorts and cuts a list; reads no more of it than it has to. */
export async function applyQuery(
  candidates: AsyncIterable<WireEntity>,
  options: QueryOptions,
): Promise<Page> {
  const { filter, skip, orderBy, inlineCount } = options;
  const end = skip + Math.min(options.top ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE);
  const mustReadAll = orderBy.length > 0 || inlineCount;
  const found: WireEntity[] = [];
  for await (const entity of candidates) {
    if (!mustReadAll && found.length >= end) break;
    if (filter === undefined || matches(filter, entity)) found.push(entity);
  }
  if (orderBy.length > 0) found.sort((a, b) => inOrder(a, b, orderBy));
  const entities = found.slice(skip, end);
  return inlineCount ? { entities, count: found.length } : { entities };
}

function inOrder(a: WireEntity, b: WireEntity, orderBy: QueryOptions["orderBy"]): number {
  for (const { property, descending } of orderBy) {
    const order = compareValues((a[property] ?? null) as Value, (b[property] ?? null) as Value);
    if (order !== undefined && order !== 0) return descending ? -order : order;
  }
  return 0;
}
