import { entityId, guidOf, type IdKind } from "../domain/ids";
import type { Value, WireEntity } from "../odata/edm";
import type { Entity, EntityStore, ListQuery } from "../ports/entity-store";
import type { EntitySet, Wanted } from "./entity-set";

/** How the entities of a set are found in their store. */
export interface StoredSet<T extends Entity, Index extends string> {
  readonly store: EntityStore<T, Index>;
  readonly toWire: (value: T) => WireEntity | Promise<WireEntity>;
  /** Indexes of the store by the property that they are about. */
  readonly indexes?: Readonly<Record<string, { readonly index: Index; readonly idKind?: IdKind }>>;
  /** Columns of the store by the property that they are given back as, unchanged. */
  readonly columns?: Readonly<Record<string, keyof T & string>>;
}

/**
 * The candidates of a set that is stored: found by id, or by an index, or else by going through the list,
 * of which the store leaves out what it can tell is not wanted.
 */
export function storedCandidates<T extends Entity, Index extends string>(
  set: StoredSet<T, Index>,
): EntitySet["candidates"] {
  return async function* (equal, wanted = { restrictions: [] }) {
    const { store, toWire } = set;
    const id = equalText(equal, "Id");
    if (id !== undefined) {
      const found = await store.get(id);
      if (found !== undefined) yield await toWire(found.value);
      return;
    }
    const looked = lookup(set, equal);
    const stored =
      looked === undefined
        ? store.list(listQuery(set, wanted))
        : await store.find(looked.index, looked.value);
    for await (const { value } of stored) yield await toWire(value);
  };
}

function lookup<T extends Entity, Index extends string>(
  { indexes = {} }: StoredSet<T, Index>,
  equal: ReadonlyMap<string, Value>,
): { index: Index; value: string } | undefined {
  for (const [property, { index, idKind }] of Object.entries(indexes)) {
    const text = equalText(equal, property);
    if (text === undefined) continue;
    return { index, value: idKind === undefined ? text : entityId(idKind, guidOf(idKind, text)) };
  }
  return undefined;
}

function listQuery<T extends Entity>(
  { columns = {} }: Pick<StoredSet<T, never>, "columns">,
  { restrictions, after }: Wanted,
): ListQuery<T> {
  const where = restrictions.flatMap(({ property, comparison, value }) => {
    const column = columns[property];
    return column === undefined ? [] : [{ column, comparison, value }];
  });
  return { where, ...(after === undefined ? {} : { after }) };
}

/** The text that a property has to be equal to, if any. */
function equalText(equal: ReadonlyMap<string, Value>, name: string): string | undefined {
  const value = equal.get(name);
  return typeof value === "string" && value !== "" ? value : undefined;
}
