import { formatDate, formatVerboseDate } from "./dates";
import {
  type EntityType,
  isPrimitive,
  itemType,
  NAMESPACE,
  type PropertyType,
  qualifiedName,
  type Value,
  type WireEntity,
  type WireValue,
} from "./edm";
import { keyInPath } from "./resource-path";

/** An entity as verbose JSON, without the `d` around it. Before version 3, dates have another form. */
export function verboseEntity(
  type: EntityType,
  { root, version }: { readonly root: string; readonly version: number },
  entity: WireEntity,
): object {
  const uri = `${root}${type.setName}${keyInPath(entity)}`;
  const navigations = Object.keys(type.navigations).map((name) => [
    name,
    { __deferred: { uri: `${uri}/${name}` } },
  ]);
  const properties = Object.entries(type.properties).map(([name, definition]) => [
    name,
    verboseProperty(definition.type, entity[name] ?? null, version),
  ]);
  return {
    __metadata: { id: uri, uri, type: `${NAMESPACE}.${type.typeName}` },
    ...(Object.fromEntries(navigations) as object),
    ...(Object.fromEntries(properties) as object),
  };
}

/** A property's value as verbose JSON. */
export function verboseProperty(type: PropertyType, value: WireValue, version: number): unknown {
  if (isPrimitive(type)) return verboseValue(type, value as Value, version);
  if (value === null) return null;
  const item = itemType(type);
  if (item !== undefined) {
    return {
      __metadata: { type: qualifiedName(type) },
      results: (value as readonly WireValue[]).map((one) => verboseProperty(item, one, version)),
    };
  }
  if (!("complex" in type)) return null;
  const properties = Object.entries(type.properties).map(([name, inner]) => [
    name,
    verboseProperty(inner, (value as WireEntity)[name] ?? null, version),
  ]);
  return {
    __metadata: { type: qualifiedName(type) },
    ...(Object.fromEntries(properties) as object),
  };
}

// Clients in JavaScript can't hold an Int64: it goes as text.
function verboseValue(type: Extract<PropertyType, string>, value: Value, version: number): unknown {
  if (value === null) return null;
  if (value instanceof Date) return version < 3 ? formatVerboseDate(value) : formatDate(value);
  return type === "Edm.Int64" ? value.toString() : value;
}
