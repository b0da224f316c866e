import { InvalidInputError } from "../domain/errors";
import type { Value, WireValue } from "./edm";

/**
 * An entity that a client sent, whatever the representation it came in: values by property, links
 * to entities that exist, and new entities inside it.
 */
export class EntityBody {
  readonly values: ReadonlyMap<string, Value>;
  /** Address of each linked entity, by navigation property. */
  readonly links: ReadonlyMap<string, readonly string[]>;
  /** Entities sent along, by navigation property. */
  readonly nested: ReadonlyMap<string, readonly EntityBody[]>;
  /** Complex values and collections, by property. */
  readonly structures: ReadonlyMap<string, WireValue>;

  constructor(parts: Partial<Pick<EntityBody, "values" | "links" | "nested" | "structures">>) {
    this.values = parts.values ?? new Map<string, Value>();
    this.links = parts.links ?? new Map<string, readonly string[]>();
    this.nested = parts.nested ?? new Map<string, readonly EntityBody[]>();
    this.structures = parts.structures ?? new Map<string, WireValue>();
  }

  has(name: string): boolean {
    return this.values.has(name) || this.structures.has(name);
  }

  /** The same with some of its parts replaced. */
  with(parts: Partial<Pick<EntityBody, "values" | "links" | "nested" | "structures">>): EntityBody {
    const { values, links, nested, structures } = this;
    return new EntityBody({ values, links, nested, structures, ...parts });
  }

  /** The items of a collection of complex values; none where it is not given. */
  complexItems(name: string): readonly Readonly<Record<string, WireValue>>[] {
    const items = this.structures.get(name) ?? [];
    return Array.isArray(items) ? (items as readonly Readonly<Record<string, WireValue>>[]) : [];
  }

  /** Text, or null where it is not given. */
  string(name: string): string | null {
    return this.typed(name, "string");
  }

  /** @throws InvalidInputError when it is not given. */
  requiredString(name: string): string {
    return this.string(name) ?? missing(name);
  }

  number(name: string): number | null {
    return this.typed(name, "number");
  }

  /** @throws InvalidInputError when it is not given. */
  requiredNumber(name: string): number {
    return this.number(name) ?? missing(name);
  }

  boolean(name: string): boolean | null {
    return this.typed(name, "boolean");
  }

  date(name: string): Date | null {
    const value = this.values.get(name) ?? null;
    return value instanceof Date ? value : null;
  }

  private typed<K extends "string" | "number" | "boolean">(
    name: string,
    type: K,
  ): { string: string; number: number; boolean: boolean }[K] | null {
    const value = this.values.get(name);
    return typeof value === type
      ? (value as { string: string; number: number; boolean: boolean }[K])
      : null;
  }
}

function missing(name: string): never {
  throw new InvalidInputError(`${name} is required`);
}
