import type { IdKind } from "../domain/ids";
import type { EntityType, Value, WireEntity } from "../odata/edm";
import type { EntityBody } from "../odata/entity-body";
import type { Restriction } from "../odata/filter/restriction";
import type { ApiAnswer, ApiRequest } from "./http";

/** What of a list is wanted, as far as a store can know it; the filter itself is applied afterwards. */
export interface Wanted {
  /** What properties have to be; all of them hold. */
  readonly restrictions: readonly Restriction[];
  /** Only what comes after the entity with this key, in the order of the list. */
  readonly after?: string;
}

/** How what a navigation property leads to is linked and unlinked. */
export interface EntityLinks {
  /** @throws NotFoundError when one of the two does not exist. */
  add(id: string, targetId: string): Promise<void>;
  /** @throws NotFoundError when they are not linked. */
  remove(id: string, targetId: string): Promise<void>;
}

/**
 * One entity set of the API: its type, and the use case behind each thing that can be done with it. What
 * a set does not offer is left out, and answered with 405.
 */
export interface EntitySet {
  readonly type: EntityType;
  /** @throws NotFoundError when there is none. */
  get(id: string): Promise<WireEntity>;
  /** At least the entities whose properties are equal to these; all when there are none. */
  candidates(equal: ReadonlyMap<string, Value>, wanted?: Wanted): AsyncIterable<WireEntity>;
  /** Follows a navigation property of an entity. */
  navigate?(id: string, property: string): Promise<readonly WireEntity[]>;
  create?(body: EntityBody): Promise<WireEntity>;
  /** Kind of the ids that `create` gives, out of the first guid that it draws. */
  readonly idKind?: IdKind;
  /** Whether `create` sets off what a delete can't take back. Default false. */
  readonly createStartsWork?: boolean;
  update?(id: string, body: EntityBody): Promise<void>;
  delete?(id: string, query: URLSearchParams): Promise<void>;
  /**
   * Notes that an entity was made, changed or deleted, for clients that follow such changes as
   * operations: answers the operation's id, and the change is answered with 202.
   */
  noteOperation?(id: string): Promise<string>;
  /** What can be linked to an entity and unlinked again, by navigation property. */
  readonly links?: Readonly<Record<string, EntityLinks>>;
  /** What can be POSTed to an entity, by name. */
  readonly actions?: Readonly<
    Record<string, (id: string, request: ApiRequest) => Promise<ApiAnswer>>
  >;
}
