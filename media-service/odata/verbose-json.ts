import { formatDate } from "./dates";
import {
  type ComplexType,
  type EntityType,
  isPrimitive,
  isPrimitiveCollection,
  NAMESPACE,
  type PrimitiveType,
  type PropertyType,
  type Value,
  type WireEntity,
  type WireValue,
} from "./edm";
import { keyInPath } from "./resource-path";

/** An entity as verbose JSON, without the `d` around it. */
export function verboseEntity(type: EntityType, root: string, entity: WireEntity): object {
  const uri = `${root}${type.setName}${keyInPath(entity)}`;
  const navigations = Object.keys(type.navigations).map((name) => [
    name,
    { __deferred: { uri: `${uri}/${name}` } },
  ]);
  const properties = Object.entries(type.properties).map(([name, definition]) => [
    name,
    verboseProperty(definition.type, entity[name] ?? null),
  ]);
  return {
    __metadata: { id: uri, uri, type: `${NAMESPACE}.${type.typeName}` },
    ...(Object.fromEntries(navigations) as object),
    ...(Object.fromEntries(properties) as object),
  };
}

/** A property's value as verbose JSON. */
export function verboseProperty(type: PropertyType, value: WireValue): unknown {
  if (isPrimitive(type)) return verboseValue(type, value as Value);
  if (value === null) return null;
  if (isPrimitiveCollection(type)) {
    return {
      __metadata: { type: `Collection(${type.collectionOf})` },
      results: (value as readonly Value[]).map((item) => verboseValue(type.collectionOf, item)),
    };
  }
  if (!type.collection) return verboseComplex(type, value as WireEntity);
  return {
    __metadata: { type: `Collection(${NAMESPACE}.${type.complex})` },
    results: (value as readonly WireEntity[]).map((item) => verboseComplex(type, item)),
  };
}

function verboseComplex(type: ComplexType, value: WireEntity): object {
  const properties = Object.entries(type.properties).map(([name, property]) => [
    name,
    verboseProperty(property, value[name] ?? null),
  ]);
  return {
    __metadata: { type: `${NAMESPACE}.${type.complex}` },
    ...(Object.fromEntries(properties) as object),
  };
}

// Clients in JavaScript can't hold an Int64: it goes as text.
function verboseValue(type: PrimitiveType, value: Value): unknown {
  if (value === null) return null;
  if (value instanceof Date) return formatDate(value);
  return type === "Edm.Int64" ? value.toString() : value;
}
