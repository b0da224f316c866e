import { ConflictError } from "../domain/errors";
import type { Entity, EntityStore } from "../ports/entity-store";
import { required } from "./account-deps";

const MAX_ATTEMPTS = 20;

/**
 * Reads, changes and writes an entity, again from the reading when somebody else was faster. Where
 * `change` answers what it was given, nothing is written.
 *
 * @throws NotFoundError when the entity does not exist.
 */
export async function updateEntity<T extends Entity>(
  store: EntityStore<T, never>,
  id: string,
  change: (value: T) => T,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const stored = await required(store, id);
    const changed = change(stored.value);
    if (changed === stored.value) return changed;
    try {
      return (await store.replace(stored, changed)).value;
    } catch (cause) {
      // Only a version that is still the one we read makes the conflict the entity's own.
      const isStale = (await store.get(id))?.version !== stored.version;
      if (!(cause instanceof ConflictError) || !isStale || attempt >= MAX_ATTEMPTS) throw cause;
    }
  }
}
