/** An entity with the version that was read. */
export interface Stored<T> {
  readonly value: T;
  /** Opaque; changes with every write. */
  readonly version: string;
}

/** What every stored entity has. */
export interface Entity {
  /** `nb:{kind}:UUID:{guid}`. */
  readonly id: string;
}

/** What of a list is wanted. */
export interface ListQuery<T> {
  /** Conditions that all have to hold; an entity whose property is null meets none. */
  readonly where?: readonly ColumnCondition<T>[];
  /** Only what comes after this id. */
  readonly after?: string;
  readonly signal?: AbortSignal;
}

/** What a property has to be. */
export interface ColumnCondition<T> {
  readonly column: keyof T & string;
  readonly comparison: "eq" | "gt" | "ge" | "lt" | "le";
  readonly value: string | number | boolean | Date;
}

/**
 * Entities of one kind. Every call is one atomic step. Lookups by id and by index are point reads:
 * they take as long with 100,000 entities as with one.
 */
export interface EntityStore<T extends Entity, Index extends string = string> {
  get(id: string, signal?: AbortSignal): Promise<Stored<T> | undefined>;
  /** Those whose value of an index is this one; in no particular order. */
  find(index: Index, value: string): Promise<Stored<T>[]>;
  /** The same, read a few at a time: who needs only some of many need not wait for all. */
  each(index: Index, value: string, signal?: AbortSignal): AsyncIterable<Stored<T>>;
  /** All of them, or those wanted, in the order of their ids. */
  list(query?: ListQuery<T>): AsyncIterable<Stored<T>>;
  /**
   * Adds entities, all or none; as many as fit into one write of 100 rows, index rows included.
   *
   * @throws ConflictError when an id is taken, or an index holds as many of a value as it may.
   */
  insert(...values: readonly T[]): Promise<void>;
  /**
   * Replaces the version that was read.
   *
   * @throws ConflictError when somebody else has written it since, or an index is full.
   * @throws NotFoundError when it is gone.
   */
  replace(stored: Stored<T>, value: T): Promise<Stored<T>>;
  /** Removes an entity; one that is gone is no error. */
  delete(id: string): Promise<void>;
}
