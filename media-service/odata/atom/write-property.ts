import { formatDate } from "../dates";
import {
  isPrimitive,
  itemType,
  type PropertyType,
  qualifiedName,
  type Value,
  type WireEntity,
  type WireValue,
} from "../edm";
import { element, escapeXml } from "./write-xml";

/** A property as an element of the data namespace (prefix `d`), its type and null told by `m`. */
export function propertyElement(
  name: string,
  { type, value }: { readonly type: PropertyType; readonly value: WireValue },
  declarations: Readonly<Record<string, string>> = {},
): string {
  const attributes = {
    ...declarations,
    // Text needs no type: it is what an element holds anyway.
    "m:type": type === "Edm.String" ? undefined : qualifiedName(type),
    "m:null": value === null ? "true" : undefined,
  };
  return element(`d:${name}`, attributes, value === null ? "" : contentOf(type, value));
}

function contentOf(type: PropertyType, value: WireValue): string {
  if (isPrimitive(type)) return escapeXml(primitiveText(value as Exclude<Value, null>));
  const item = itemType(type);
  if (item !== undefined) {
    return (value as readonly WireValue[]).map((one) => itemElement(item, one)).join("");
  }
  if (!("complex" in type)) return "";
  return Object.entries(type.properties)
    .map(([name, inner]) =>
      propertyElement(name, { type: inner, value: (value as WireEntity)[name] ?? null }),
    )
    .join("");
}

// The type is the collection's, and told there.
function itemElement(type: PropertyType, value: WireValue): string {
  const attributes = { "m:null": value === null ? "true" : undefined };
  return element("d:element", attributes, value === null ? "" : contentOf(type, value));
}

/** A primitive value as text, as XML and `$value` have it. */
export function primitiveText(value: Exclude<Value, null>): string {
  return value instanceof Date ? formatDate(value) : value.toString();
}
