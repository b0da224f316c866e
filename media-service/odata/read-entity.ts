import { InvalidInputError } from "../domain/errors";
import { type EntityType, isPrimitive, type Value, type WireValue } from "./edm";
import { EntityBody } from "./entity-body";
import { readStructure } from "./read-structure";
import { readValue } from "./read-value";

/** Finds an entity type by the name of its set. */
export type TypeLookup = (setName: string) => EntityType | undefined;

/** An entity as a representation has it, before its values are read by their types. */
export interface RawEntity {
  /** Values by property: text, numbers, booleans, objects, arrays, or null. */
  readonly properties: Iterable<readonly [string, unknown]>;
  /** Addresses of linked entities by navigation property. */
  readonly links: ReadonlyMap<string, readonly string[]>;
  /** Entities inside it by navigation property. */
  readonly nested: ReadonlyMap<string, readonly RawEntity[]>;
}

/**
 * Reads an entity's values by its type, and those of the entities inside it.
 *
 * @throws InvalidInputError naming a property that is unknown or not of its type.
 */
export function readEntity(types: TypeLookup, type: EntityType, raw: RawEntity): EntityBody {
  const values = new Map<string, Value>();
  const structures = new Map<string, WireValue>();
  for (const [name, value] of raw.properties) {
    const definition = Object.hasOwn(type.properties, name) ? type.properties[name] : undefined;
    if (definition === undefined) throw unknownProperty(name, type);
    if (isPrimitive(definition.type)) values.set(name, readValue(name, definition.type, value));
    else structures.set(name, readStructure(name, definition.type, value));
  }
  const nested = [...raw.nested].map(
    ([name, items]) => [name, readNested(types, type, { name, items })] as const,
  );
  return new EntityBody({ values, structures, links: raw.links, nested: new Map(nested) });
}

function readNested(
  types: TypeLookup,
  type: EntityType,
  { name, items }: { name: string; items: readonly RawEntity[] },
): EntityBody[] {
  const navigation = type.navigations[name];
  const target = types(navigation?.target ?? "");
  if (navigation?.inline !== true || target === undefined) {
    throw new InvalidInputError(
      `${name} of an entity of type ${type.typeName} can't be made inside it: make it by itself, then link it`,
    );
  }
  return items.map((item) => readEntity(types, target, item));
}

/** The error of a property that an entity type has not. */
export function unknownProperty(name: string, type: EntityType): InvalidInputError {
  return new InvalidInputError(
    `There is no property '${name.slice(0, 100)}' on an entity of type ${type.typeName}`,
  );
}
