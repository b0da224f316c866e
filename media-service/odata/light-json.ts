import { formatDate } from "./dates";
import {
  type ComplexType,
  type EntityType,
  isPrimitive,
  isPrimitiveCollection,
  type PrimitiveType,
  type PropertyType,
  type Value,
  type WireEntity,
  type WireValue,
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
export function lightProperty(type: PropertyType, value: WireValue): unknown {
  if (isPrimitive(type)) return lightValue(type, value as Value);
  if (value === null) return null;
  if (isPrimitiveCollection(type))
    return (value as readonly Value[]).map((item) => lightValue(type.collectionOf, item));
  if (!type.collection) return lightComplex(type, value as WireEntity);
  return (value as readonly WireEntity[]).map((item) => lightComplex(type, item));
}

function lightComplex(type: ComplexType, value: WireEntity): object {
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
