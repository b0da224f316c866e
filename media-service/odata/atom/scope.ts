/** Namespaces by prefix; the empty prefix is the default namespace. */
export type Scope = ReadonlyMap<string, string>;

/** An attribute as it is written. */
export interface RawAttribute {
  readonly name: string;
  readonly value: string;
}

/** A start tag as it is written. */
export interface RawTag {
  readonly name: string;
  readonly attributes: readonly RawAttribute[];
}

/** Prefix and local name; without a prefix the first is empty. */
export function splitName(name: string): [string, string] {
  const colon = name.indexOf(":");
  return colon === -1 ? ["", name] : [name.slice(0, colon), name.slice(colon + 1)];
}

/** Attributes by resolved name, declarations left out; undefined when a prefix is not declared. */
export function resolveAttributes(
  attributes: readonly RawAttribute[],
  scope: Scope,
): Map<string, string> | undefined {
  const resolved = new Map<string, string>();
  for (const { name, value } of attributes) {
    if (name === "xmlns" || name.startsWith("xmlns:")) continue;
    const [prefix, local] = splitName(name);
    const namespace = prefix === "" ? "" : scope.get(prefix);
    if (namespace === undefined) return undefined;
    resolved.set(prefix === "" ? local : `{${namespace}}${local}`, value);
  }
  return resolved;
}
