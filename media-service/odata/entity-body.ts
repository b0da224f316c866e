import { InvalidInputError } from "../domain/errors";
import type { ComplexObject, ComplexValue, Value } from "./edm";

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
  /** Complex values and collections, by property; null where the client sent that. */
  readonly complex: ReadonlyMap<string, ComplexValue | null>;

  constructor(parts: Partial<Pick<EntityBody, "values" | "links" | "nested" | "complex">>) {
    this.values = parts.values ?? new Map<string, Value>();
    this.links = parts.links ?? new Map<string, readonly string[]>();
    this.nested = parts.nested ?? new Map<string, readonly EntityBody[]>();
    this.complex = parts.complex ?? new Map<string, ComplexValue | null>();
  }

  has(name: string): boolean {
    return this.values.has(name);
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

  /** The values of a collection of complex values; none where it is not given. */
  objects(name: string): readonly ComplexObject[] {
    const value = this.complex.get(name);
    return Array.isArray(value) ? (value as readonly ComplexObject[]) : [];
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
