/** Kinds of values without an inside that is described. */
export type PlainKind = "anything" | "text" | "number" | "boolean" | "asset";

/** What may stand at one place of a declaration, as a package's own types say it. */
export type Shape =
  | { readonly kind: PlainKind }
  | { readonly kind: "choice"; readonly values: () => readonly string[] }
  | { readonly kind: "list"; readonly items: Shape }
  | { readonly kind: "map"; readonly values: Shape }
  | { readonly kind: "object"; readonly fields: () => Fields }
  | { readonly kind: "union"; readonly members: readonly Shape[] };

/** One property of an object. */
export interface Field {
  readonly shape: Shape;
  readonly required: boolean;
}

/** The properties of an object, by name. */
export type Fields = ReadonlyMap<string, Field>;
