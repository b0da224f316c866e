import type { WireEntity } from "../odata/edm";
import type { Entity, EntityStore } from "../ports/entity-store";
import { each, type EntitySet, equalText } from "./entity-set";

/** How the entities of a set are found in their store. */
export interface StoredSet<T extends Entity, Index extends string> {
  readonly store: EntityStore<T, Index>;
  readonly toWire: (value: T) => WireEntity;
  /** Indexes of the store by the property that they are about. */
  readonly indexes?: Readonly<Record<string, { readonly index: Index }>>;
}

/** The candidates of a set that is stored: found by id, or by an index, or else all. */
export function storedCandidates<T extends Entity, Index extends string>({
  store,
  toWire,
  indexes = {},
}: StoredSet<T, Index>): EntitySet["candidates"] {
  return async function* (equal) {
    const id = equalText(equal, "Id");
    if (id !== undefined) {
      const found = await store.get(id);
      yield* each(found === undefined ? [] : [found], toWire);
      return;
    }
    for (const [property, { index }] of Object.entries(indexes)) {
      const text = equalText(equal, property);
      if (text === undefined) continue;
      yield* each(await store.find(index, text), toWire);
      return;
    }
    yield* each(store.list(), toWire);
  };
}
