/** Primitive types of the Entity Data Model that the service uses (OData v3). */
export type PrimitiveType =
  | "Edm.String"
  | "Edm.Int32"
  | "Edm.Int64"
  | "Edm.Double"
  | "Edm.Boolean"
  | "Edm.DateTime"
  | "Edm.Guid";

/** A primitive value in the service's own form; Int64 is a number, too. */
export type Value = string | number | boolean | Date | null;

/** Any value of a property: a primitive one, a complex one, or a collection of either. */
export type WireValue = Value | WireEntity | readonly WireValue[];

/** A property of an entity type. */
export interface PropertyDefinition {
  readonly type: PropertyType;
  /** What a client may do with it; `create` is also called write-once. Default `none`. */
  readonly write?: "none" | "create" | "always";
}

/** A complex type, or a collection of one. */
export interface ComplexType {
  /** Name without namespace. */
  readonly complex: string;
  readonly collection: boolean;
  readonly properties: Readonly<Record<string, PropertyType>>;
}

/** A collection of primitive values. */
export interface PrimitiveCollection {
  readonly collectionOf: PrimitiveType;
}

/** Every type that a property can have. */
export type PropertyType = PrimitiveType | ComplexType | PrimitiveCollection;

/** A navigation property. */
export interface NavigationDefinition {
  /** Name of the entity set that it leads to. */
  readonly target: string;
  readonly many: boolean;
}

/** An entity type with its set, from which every representation is written and read. */
export interface EntityType {
  readonly setName: string;
  /** Name without namespace. */
  readonly typeName: string;
  readonly properties: Readonly<Record<string, PropertyDefinition>>;
  readonly navigations: Readonly<Record<string, NavigationDefinition>>;
}

/** An entity as it goes over the wire: every property of its type, its key among them. */
export interface WireEntity {
  readonly [property: string]: WireValue;
}

/** Namespace of all entity and complex types. */
export const NAMESPACE = "Microsoft.Cloud.Media.Vod.Rest.Data.Models";

/** Whether a property's type is a primitive one. */
export function isPrimitive(type: PropertyType): type is PrimitiveType {
  return typeof type === "string";
}

/** Whether a property holds a collection of primitive values. */
export function isPrimitiveCollection(type: PropertyType): type is PrimitiveCollection {
  return typeof type === "object" && "collectionOf" in type;
}
