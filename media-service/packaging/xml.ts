import { XMLParser } from "fast-xml-parser";
import { CorruptError } from "../domain/errors";

/** An element: attributes and text are strings, children are lists by tag name. */
export type XmlElement = Readonly<Record<string, XmlValue | undefined>>;
type XmlValue = string | readonly (Readonly<Record<string, unknown>> | string)[];

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  parseAttributeValue: false,
  removeNSPrefix: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  isArray: (...[, , , isAttribute]) => !isAttribute,
});

/**
 * Parses a document and returns its root's children by name. Document types are refused: nothing
 * that this service reads needs entities of its own.
 *
 * @throws CorruptError when the text is not well formed XML.
 */
export function parseXml(text: string): XmlElement {
  if (text.includes("<!DOCTYPE")) {
    throw new CorruptError("the XML has a document type, which is not accepted here");
  }
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- unchecked, a cut-off file would pass
    return parser.parse(text.replace(/^\uFEFF/, ""), true) as XmlElement;
  } catch (error) {
    throw new CorruptError("the text is not well formed XML", { cause: error });
  }
}

/** The child elements of a name; elements without attributes and children count as empty ones. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  const children = element[name];
  if (children === undefined || typeof children === "string") return [];
  return children.map((child) => (typeof child === "string" ? {} : (child as XmlElement)));
}

/** An attribute's value. */
export function attributeOf(element: XmlElement, name: string): string | undefined {
  const value = element[name];
  return typeof value === "string" ? value : undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Makes a text safe inside a double-quoted attribute or an element. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}
