import { InvalidInputError } from "../../domain/errors";
import { type EntityType, isPrimitive, itemType, type PropertyType } from "../edm";
import type { EntityBody } from "../entity-body";
import { type RawEntity, readEntity, type TypeLookup, unknownProperty } from "../read-entity";
import { parseResourcePath } from "../resource-path";
import { ATOM, DATA, METADATA, RELATED } from "./namespaces";
import { parseXml } from "./parse-xml";
import { childrenOf, type XmlElement } from "./xml-element";

const MAX_DEPTH = 5;
const IS_NULL = `{${METADATA}}null`;

/**
 * Reads an entity from an Atom entry, whatever prefixes it uses and whether or not it tells types.
 *
 * @throws InvalidInputError naming what is malformed, unknown, or not of its type.
 */
export function readAtomEntity(types: TypeLookup, type: EntityType, document: string): EntityBody {
  const root = parseXml(document);
  if (root.namespace !== ATOM || root.name !== "entry") {
    throw new InvalidInputError("The body must be an Atom entry");
  }
  return readEntity(types, type, rawEntity(types, type, { entry: root, depth: 0 }));
}

/**
 * Reads the address in a `uri` document, as a POST or PUT to `$links` has it.
 *
 * @throws InvalidInputError when it is none.
 */
export function readUriDocument(document: string): string {
  const root = parseXml(document);
  if (root.namespace !== DATA || root.name !== "uri") {
    throw new InvalidInputError("The body must be a uri element of the data services namespace");
  }
  return root.text.trim();
}

function rawEntity(
  types: TypeLookup,
  type: EntityType,
  { entry, depth }: { entry: XmlElement; depth: number },
): RawEntity {
  if (depth > MAX_DEPTH) throw new InvalidInputError("The body is nested too deeply");
  const links = new Map<string, string[]>();
  const nested = new Map<string, RawEntity[]>();
  for (const { name, link } of relatedLinks(entry, type)) {
    const target = types(type.navigations[name]?.target ?? "");
    const inside = entriesInside(link);
    if (inside.length > 0 && target !== undefined) {
      const raw = inside.map((one) => rawEntity(types, target, { entry: one, depth: depth + 1 }));
      append(nested, name, raw);
    } else {
      append(links, name, addressOf(link));
    }
  }
  return { properties: propertiesOf(entry, type), links, nested };
}

function relatedLinks(entry: XmlElement, type: EntityType): { name: string; link: XmlElement }[] {
  return childrenOf(entry, ATOM, "link").flatMap((link) => {
    const relation = link.attributes.get("rel") ?? "";
    if (!relation.startsWith(RELATED)) return [];
    const name = relation.slice(RELATED.length);
    if (!Object.hasOwn(type.navigations, name)) throw unknownProperty(name, type);
    return [{ name, link }];
  });
}

function append<T>(lists: Map<string, T[]>, name: string, items: readonly T[]): void {
  lists.set(name, [...(lists.get(name) ?? []), ...items]);
}

function entriesInside(link: XmlElement): XmlElement[] {
  return childrenOf(link, METADATA, "inline").flatMap((inline) => [
    ...childrenOf(inline, ATOM, "entry"),
    ...childrenOf(inline, ATOM, "feed").flatMap((feed) => childrenOf(feed, ATOM, "entry")),
  ]);
}

// An entry that was read before also has links to where its navigation properties lead: those end with
// the property's name, and link nothing. `$1` is what an earlier request of a batch makes.
function addressOf(link: XmlElement): string[] {
  const href = (link.attributes.get("href") ?? "").trim();
  if (/^\/?\$[^/]+$/.test(href)) return [href];
  const path = href.replace(/^https?:\/\/[^/]*/i, "").replace(/[?#].*$/s, "");
  return parseResourcePath(path).at(-1)?.key === undefined ? [] : [href];
}

// Properties are inside `content`; an entry whose content is elsewhere has them beside it.
function propertiesOf(entry: XmlElement, type: EntityType): [string, unknown][] {
  const holders = [entry, ...childrenOf(entry, ATOM, "content")];
  const elements = holders.flatMap((holder) => childrenOf(holder, METADATA, "properties"));
  return elements.flatMap(({ children }) =>
    children.map((child): [string, unknown] => {
      const definition = Object.hasOwn(type.properties, child.name)
        ? type.properties[child.name]
        : undefined;
      if (child.namespace !== DATA || definition === undefined) {
        throw unknownProperty(child.name, type);
      }
      return [child.name, rawValue(definition.type, child)];
    }),
  );
}

function rawValue(type: PropertyType, element: XmlElement): unknown {
  if (element.attributes.get(IS_NULL)?.toLowerCase() === "true") return null;
  if (isPrimitive(type)) {
    // An empty element is an empty text, but no number, date or boolean.
    return type !== "Edm.String" && element.text.trim() === "" ? null : textOf(type, element);
  }
  const item = itemType(type);
  if (item !== undefined) {
    return childrenOf(element, DATA, "element").map((child) => rawValue(item, child));
  }
  if (!("complex" in type)) return null;
  const members = element.children.map(
    (child) => [child.name, rawValue(type.properties[child.name] ?? "Edm.String", child)] as const,
  );
  return Object.fromEntries(members);
}

function textOf(type: PropertyType, element: XmlElement): string {
  return type === "Edm.String" ? element.text : element.text.trim();
}
