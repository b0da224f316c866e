import { formatDate } from "./dates";
import {
  type ComplexObject,
  type ComplexType,
  type ComplexValue,
  type EntityType,
  isList,
  isPrimitive,
  type PrimitiveType,
  type PropertyType,
  type Value,
  type WireEntity,
} from "./edm";

/** An entity as light JSON, without its `odata.metadata`. */
export function lightEntity(type: EntityType, entity: WireEntity): object {
  const properties = Object.entries(type.properties).map(([name, definition]) => [
    name,
    lightProperty(definition.type, entity[name] ?? null),
  ]);
  return Object.fromEntries(properties) as object;
}

/** A property's value as light JSON. */
export function lightProperty(type: PropertyType, value: Value | ComplexValue): unknown {
  if (isPrimitive(type)) return lightValue(type, value as Value);
  if (value === null) return null;
  if (isList(type)) return (value as readonly Value[]).map((item) => lightValue(type.listOf, item));
  if (!type.collection) return lightComplex(type, value as ComplexObject);
  return (value as readonly ComplexObject[]).map((item) => lightComplex(type, item));
}

function lightComplex(type: ComplexType, value: ComplexObject): object {
  const properties = Object.entries(type.properties).map(([name, property]) => [
    name,
    lightProperty(property, value[name] ?? null),
  ]);
  return Object.fromEntries(properties) as object;
}

function lightValue(type: PrimitiveType, value: Value): unknown {
  if (value instanceof Date) return formatDate(value);
  return type === "Edm.Int64" && value !== null ? value.toString() : value;
}
