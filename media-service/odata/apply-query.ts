import type { Value, WireEntity } from "./edm";
import { compareValues, matches } from "./filter/evaluate";
import type { QueryOptions } from "./query-options";
import { keyOf } from "./resource-path";

/** Entities that a list is answered with, at most, whatever `$top` says. */
export const MAX_PAGE_SIZE = 1000;

/** A part of a list. */
export interface Page {
  readonly entities: readonly WireEntity[];
  /** How many there are before `$skip` and `$top`, if that was asked for. */
  readonly count?: number;
  /** Whether there may be more than fit into a page. */
  readonly hasMore: boolean;
}

/** Filters, sorts and cuts a list; reads and keeps no more of it than it has to. */
export async function applyQuery(
  candidates: AsyncIterable<WireEntity>,
  options: QueryOptions,
): Promise<Page> {
  const page = options.orderBy.length > 0 ? new SortedPage(options) : new PlainPage(options);
  let count = 0;
  for await (const entity of candidates) {
    if (options.filter !== undefined && !matches(options.filter, entity)) continue;
    count++;
    if (options.after === undefined || keyOf(entity) > options.after) page.add(entity);
    if (page.isFull && !options.inlineCount) break;
  }
  const kept = cut(page.entities(), options);
  return options.inlineCount ? { ...kept, count } : kept;
}

function cut(found: readonly WireEntity[], options: QueryOptions): Page {
  const wanted = options.top ?? Infinity;
  // Whether one more is there would cost a store another answer: an empty page may be the last one.
  const hasMore = wanted > MAX_PAGE_SIZE && found.length >= MAX_PAGE_SIZE;
  return { entities: found.slice(0, pageSize(options)), hasMore };
}

function pageSize({ top }: QueryOptions): number {
  return Math.min(top ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE);
}

/** A page in the order of the list. */
class PlainPage {
  private readonly kept: WireEntity[] = [];
  private toSkip: number;

  constructor(private readonly options: QueryOptions) {
    this.toSkip = options.skip;
  }

  get isFull(): boolean {
    return this.kept.length >= pageSize(this.options);
  }

  add(entity: WireEntity): void {
    if (this.toSkip > 0) this.toSkip--;
    else if (!this.isFull) this.kept.push(entity);
  }

  entities(): readonly WireEntity[] {
    return this.kept;
  }
}

/** A page in the order that was asked for. Of a long list only what can still be on it is kept. */
class SortedPage {
  readonly isFull = false;
  private kept: WireEntity[] = [];
  private readonly limit: number;

  constructor(private readonly options: QueryOptions) {
    this.limit = options.skip + pageSize(options);
  }

  add(entity: WireEntity): void {
    this.kept.push(entity);
    if (this.kept.length >= 2 * this.limit) this.sort();
  }

  entities(): readonly WireEntity[] {
    this.sort();
    return this.kept.slice(this.options.skip);
  }

  private sort(): void {
    this.kept.sort((a, b) => inOrder(a, b, this.options.orderBy));
    this.kept = this.kept.slice(0, this.limit);
  }
}

function inOrder(a: WireEntity, b: WireEntity, orderBy: QueryOptions["orderBy"]): number {
  for (const { property, descending } of orderBy) {
    const order = compareValues((a[property] ?? null) as Value, (b[property] ?? null) as Value);
    if (order !== undefined && order !== 0) return descending ? -order : order;
  }
  return 0;
}
