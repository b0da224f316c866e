import type { PropertyType, WireValue } from "../edm";
import { DATA, METADATA } from "./namespaces";
import { propertyElement } from "./write-property";
import { DECLARATION, element, escapeXml } from "./write-xml";

/** A document of one property. */
export function propertyDocument(name: string, type: PropertyType, value: WireValue): string {
  const declared = { "xmlns:d": DATA, "xmlns:m": METADATA };
  return DECLARATION + propertyElement(name, { type, value }, declared);
}

/** A document of the address of one entity. */
export function linkDocument(uri: string): string {
  return DECLARATION + element("uri", { xmlns: DATA }, escapeXml(uri));
}

/** A document of the addresses of some entities. */
export function linksDocument(uris: readonly string[], count?: number): string {
  const counted = count === undefined ? "" : element("m:count", {}, count.toString());
  const content = uris.map((uri) => element("uri", {}, escapeXml(uri))).join("");
  return DECLARATION + element("links", { xmlns: DATA, "xmlns:m": METADATA }, counted + content);
}

/** A document of an error. */
export function errorDocument(code: string, message: string): string {
  const content =
    element("m:code", {}, escapeXml(code)) +
    element("m:message", { "xml:lang": "en-US" }, escapeXml(message));
  return DECLARATION + element("m:error", { "xmlns:m": METADATA }, content);
}
