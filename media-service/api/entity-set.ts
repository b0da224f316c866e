import { entityId, guidOf, type IdKind } from "../domain/ids";
import type { EntityType, Value, WireEntity } from "../odata/edm";
import type { EntityBody } from "../odata/entity-body";
import type { ApiAnswer, ApiRequest } from "./http";

/**
 * One entity set of the API: its type, and the use case behind each thing that can be done with it. What
 * a set does not offer is left out, and answered with 405.
 */
export interface EntitySet {
  readonly type: EntityType;
  /** @throws NotFoundError when there is none. */
  get(id: string): Promise<WireEntity>;
  /** At least the entities whose properties are equal to these; all when there are none. */
  candidates(equal: ReadonlyMap<string, Value>): AsyncIterable<WireEntity>;
  /** Follows a navigation property of an entity. */
  navigate?(id: string, property: string): Promise<readonly WireEntity[]>;
  create?(body: EntityBody): Promise<WireEntity>;
  update?(id: string, body: EntityBody): Promise<void>;
  delete?(id: string, query: URLSearchParams): Promise<void>;
  /** What can be POSTed to an entity, by name. */
  readonly actions?: Readonly<
    Record<string, (id: string, request: ApiRequest) => Promise<ApiAnswer>>
  >;
  /** What can be linked to an entity and unlinked again, by navigation property. */
  readonly links?: Readonly<Record<string, EntityLinks>>;
  /**
   * Notes that an entity was made, changed or deleted, for clients that follow such changes as
   * operations: answers the operation's id, and the change is answered with 202.
   */
  noteOperation?(id: string): Promise<string>;
}

/** Adds and removes links from an entity to others; ids are those in the addresses. */
export interface EntityLinks {
  /** @throws NotFoundError when either entity does not exist. */
  add(id: string, targetId: string): Promise<void>;
  /** @throws NotFoundError when the entity does not exist or is not linked. */
  remove(id: string, targetId: string): Promise<void>;
}

/** Entities one after the other, as the stores give them. */
export async function* each<T>(
  stored: AsyncIterable<{ value: T }> | Iterable<{ value: T }>,
  toWire: (value: T) => WireEntity,
): AsyncIterable<WireEntity> {
  for await (const { value } of stored) yield toWire(value);
}

/**
 * The id that a property has to be equal to, if any, in the form in which ids are kept.
 *
 * @throws InvalidInputError when it is not an id of that kind.
 */
export function equalId(
  equal: ReadonlyMap<string, Value>,
  name: string,
  kind: IdKind,
): string | undefined {
  const id = equalText(equal, name);
  return id === undefined ? undefined : entityId(kind, guidOf(kind, id));
}

/** The text that a property has to be equal to, if any. */
export function equalText(equal: ReadonlyMap<string, Value>, name: string): string | undefined {
  const value = equal.get(name);
  return typeof value === "string" && value !== "" ? value : undefined;
}
