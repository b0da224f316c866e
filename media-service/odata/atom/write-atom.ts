import { formatDate } from "../dates";
import { type EntityType, NAMESPACE, type WireEntity } from "../edm";
import { keyInPath } from "../resource-path";
import { APP, ATOM, DATA, METADATA, RELATED, SCHEME } from "./namespaces";
import { propertyElement } from "./write-property";
import { DECLARATION, element, escapeXml } from "./write-xml";

/** What an Atom document is written with. */
export interface AtomContext {
  /** The API's root, with a slash at the end. */
  readonly root: string;
  /** When the answer is made: entities do not always know when they last changed. */
  readonly now: Date;
  /** Properties and navigation properties to write; all when left out. */
  readonly select?: readonly string[];
}

/** A list as it is written. */
export interface AtomFeed {
  /** Address behind the root, without a slash at its beginning. */
  readonly path: string;
  readonly title: string;
  readonly entities: readonly WireEntity[];
  readonly count?: number;
  /** Absolute address of what follows. */
  readonly next?: string;
}

const DECLARED = { xmlns: ATOM, "xmlns:d": DATA, "xmlns:m": METADATA };

/** A document of one entity. */
export function entryDocument(type: EntityType, entity: WireEntity, context: AtomContext): string {
  return DECLARATION + entry(type, entity, { context, isRoot: true });
}

/** A document of a list. */
export function feedDocument(type: EntityType, feed: AtomFeed, context: AtomContext): string {
  const { path, title, entities, count, next } = feed;
  const content = [
    ...(count === undefined ? [] : [element("m:count", {}, count.toString())]),
    element("id", {}, escapeXml(context.root + path)),
    element("title", { type: "text" }, escapeXml(title)),
    element("updated", {}, formatDate(context.now)),
    element("link", { rel: "self", title, href: path }),
    ...entities.map((entity) => entry(type, entity, { context, isRoot: false })),
    ...(next === undefined ? [] : [element("link", { rel: "next", href: next })]),
  ];
  return DECLARATION + element("feed", { "xml:base": context.root, ...DECLARED }, content.join(""));
}

/** The list of entity sets (RFC 5023, 8). */
export function serviceDocument(root: string, sets: readonly string[]): string {
  const collections = sets.map((name) =>
    element("collection", { href: name }, element("atom:title", {}, name)),
  );
  const workspace = element("atom:title", {}, "Default") + collections.join("");
  const attributes = { "xml:base": root, xmlns: APP, "xmlns:atom": ATOM };
  return DECLARATION + element("service", attributes, element("workspace", {}, workspace));
}

function entry(
  type: EntityType,
  entity: WireEntity,
  { context, isRoot }: { context: AtomContext; isRoot: boolean },
): string {
  const { root, now } = context;
  const path = `${type.setName}${keyInPath(entity)}`;
  const modified = entity["LastModified"];
  const content = [
    element("id", {}, escapeXml(root + path)),
    element("category", { term: `${NAMESPACE}.${type.typeName}`, scheme: SCHEME }),
    element("link", { rel: "edit", title: type.typeName, href: path }),
    ...navigationLinks(type, path, context),
    element("title", {}),
    element("updated", {}, formatDate(modified instanceof Date ? modified : now)),
    element("author", {}, element("name", {})),
    element("content", { type: "application/xml" }, properties(type, entity, context)),
  ];
  return element("entry", isRoot ? { "xml:base": root, ...DECLARED } : {}, content.join(""));
}

function navigationLinks(type: EntityType, path: string, { select }: AtomContext): string[] {
  return Object.entries(type.navigations)
    .filter(([name]) => select?.includes(name) ?? true)
    .map(([name, { many }]) =>
      element("link", {
        rel: RELATED + name,
        type: `application/atom+xml;type=${many ? "feed" : "entry"}`,
        title: name,
        href: `${path}/${name}`,
      }),
    );
}

function properties(type: EntityType, entity: WireEntity, { select }: AtomContext): string {
  const written = Object.entries(type.properties)
    .filter(([name]) => select?.includes(name) ?? true)
    .map(([name, definition]) =>
      propertyElement(name, { type: definition.type, value: entity[name] ?? null }),
    );
  return element("m:properties", {}, written.join(""));
}
