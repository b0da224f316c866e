import type { WireEntity } from "../odata/edm";
import type { Entity, EntityStore } from "../ports/entity-store";
import { type AccountDeps, required } from "../services/account-deps";
import { addLink, linkedIds, removeLink } from "../services/entity-links";
import type { EntityLinks } from "./entity-set";

type LinkDeps = Pick<AccountDeps, "stores">;

/** Hooks that keep links from one kind of entity to another. */
export function entityLinks<S extends Entity, T extends Entity>(
  deps: LinkDeps,
  property: string,
  { source, target }: { source: (id: string) => Promise<S>; target: EntityStore<T, never> },
): EntityLinks {
  const ends = async (id: string, targetId: string): Promise<[string, string]> => [
    (await source(id)).id,
    (await required(target, targetId)).value.id,
  ];
  return {
    async add(id, targetId) {
      const [sourceId, linkedId] = await ends(id, targetId);
      await addLink(deps, { sourceId, property, targetId: linkedId });
    },
    async remove(id, targetId) {
      const [sourceId, linkedId] = await ends(id, targetId);
      await removeLink(deps, { sourceId, property, targetId: linkedId });
    },
  };
}

/** What an entity is linked to by one of its navigation properties, as clients see it. */
export async function linkedEntities<T extends Entity>(
  deps: LinkDeps,
  { id, property }: { id: string; property: string },
  { store, toWire }: { store: EntityStore<T, never>; toWire: (value: T) => WireEntity },
): Promise<WireEntity[]> {
  const ids = await linkedIds(deps, id, property);
  const found = await Promise.all(ids.map((linked) => store.get(linked)));
  return found.flatMap((stored) => (stored === undefined ? [] : [toWire(stored.value)]));
}
