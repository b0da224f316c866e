/** An element of an XML document, its names resolved. */
export interface XmlElement {
  readonly namespace: string;
  readonly name: string;
  /** Values by name; of an attribute with a prefix by `{namespace}name`. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text directly inside. */
  readonly text: string;
}

/** The child elements of a name. */
export function childrenOf(element: XmlElement, namespace: string, name: string): XmlElement[] {
  return element.children.filter((child) => child.namespace === namespace && child.name === name);
}
