import { formatDate } from "./dates";
import {
  type ComplexType,
  type ComplexValue,
  type EntityType,
  isPrimitive,
  type PrimitiveType,
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
export function lightProperty(
  type: PrimitiveType | ComplexType,
  value: Value | ComplexValue,
): unknown {
  if (isPrimitive(type)) return lightValue(type, value as Value);
  if (value === null) return null;
  const items = (Array.isArray(value) ? value : [value]) as readonly Record<string, Value>[];
  const written = items.map((item) => lightComplex(type, item));
  return type.collection ? written : written[0];
}

function lightComplex(type: ComplexType, value: Record<string, Value>): object {
  const properties = Object.entries(type.properties).map(([name, primitive]) => [
    name,
    lightValue(primitive, value[name] ?? null),
  ]);
  return Object.fromEntries(properties) as object;
}

function lightValue(type: PrimitiveType, value: Value): unknown {
  if (value instanceof Date) return formatDate(value);
  return type === "Edm.Int64" && value !== null ? value.toString() : value;
}
