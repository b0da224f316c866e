import { formatDate } from "./dates";
import {
  type ComplexObject,
  type ComplexType,
  type ComplexValue,
  type EntityType,
  isList,
  isPrimitive,
  NAMESPACE,
  type PrimitiveType,
  type PropertyType,
  type Value,
  type WireEntity,
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
export function verboseProperty(type: PropertyType, value: Value | ComplexValue): unknown {
  if (isPrimitive(type)) return verboseValue(type, value as Value);
  if (value === null) return null;
  if (isList(type)) {
    return {
      __metadata: { type: `Collection(${type.listOf})` },
      results: (value as readonly Value[]).map((item) => verboseValue(type.listOf, item)),
    };
  }
  if (!type.collection) return verboseComplex(type, value as ComplexObject);
  return {
    __metadata: { type: `Collection(${NAMESPACE}.${type.complex})` },
    results: (value as readonly ComplexObject[]).map((item) => verboseComplex(type, item)),
  };
}

function verboseComplex(type: ComplexType, value: ComplexObject): object {
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
