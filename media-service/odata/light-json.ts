import { formatDate } from "./dates";
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

/** How much is told about the data beside the data itself (OData v3, light JSON, section 3). */
export type MetadataLevel = "none" | "minimal" | "full";

/** An entity as light JSON, without its `odata.metadata`. */
export function lightEntity(
  type: EntityType,
  { root, metadata }: { readonly root: string; readonly metadata: MetadataLevel },
  entity: WireEntity,
): object {
  const properties = Object.entries(type.properties).flatMap(([name, definition]) => {
    const pair = [name, lightProperty(definition.type, entity[name] ?? null)] as const;
    return metadata === "full" && needsType(definition.type)
      ? [[`${name}@odata.type`, qualifiedName(definition.type)] as const, pair]
      : [pair];
  });
  const about = metadata === "full" ? controlData(type, root, entity) : [];
  return Object.fromEntries([...about, ...properties]);
}

/** A property's value as light JSON. */
export function lightProperty(type: PropertyType, value: WireValue): unknown {
  if (isPrimitive(type)) return lightValue(type, value as Value);
  if (value === null) return null;
  const item = itemType(type);
  if (item !== undefined) {
    return (value as readonly WireValue[]).map((one) => lightProperty(item, one));
  }
  if (!("complex" in type)) return null;
  const properties = Object.entries(type.properties).map(([name, inner]) => [
    name,
    lightProperty(inner, (value as WireEntity)[name] ?? null),
  ]);
  return Object.fromEntries(properties) as object;
}

function controlData(
  type: EntityType,
  root: string,
  entity: WireEntity,
): (readonly [string, string])[] {
  const path = `${type.setName}${keyInPath(entity)}`;
  const links = Object.keys(type.navigations).map(
    (name) => [`${name}@odata.navigationLinkUrl`, `${path}/${name}`] as const,
  );
  return [
    ["odata.type", `${NAMESPACE}.${type.typeName}`],
    ["odata.id", `${root}${path}`],
    ["odata.editLink", path],
    ...links,
  ];
}

// JSON tells a string, a number with a fraction, a boolean; everything else needs to be said.
function needsType(type: PropertyType): boolean {
  return type !== "Edm.String" && type !== "Edm.Boolean" && type !== "Edm.Int32";
}

function lightValue(type: Extract<PropertyType, string>, value: Value): unknown {
  if (value instanceof Date) return formatDate(value);
  return type === "Edm.Int64" && value !== null ? value.toString() : value;
}
