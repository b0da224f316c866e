/** Primitive types of the Entity Data Model that the service uses (OData v3). */
export type PrimitiveType =
  | "Edm.String"
  | "Edm.Int32"
  | "Edm.Int64"
  | "Edm.Double"
  | "Edm.Boolean"
  | "Edm.DateTime"
  | "Edm.Guid";

/** A value in the service's own form; Int64 is a number, too. */
export type Value = string | number | boolean | Date | null;

/** One value of a complex type: its properties by name, which may be complex again. */
export interface ComplexObject {
  readonly [property: string]: Value | ComplexValue;
}

/** A value of a complex type, a collection of them, or a collection of primitive values. */
export type ComplexValue = ComplexObject | readonly ComplexObject[] | readonly Value[];

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
export interface ListType {
  readonly listOf: PrimitiveType;
}

/** Every type that a property can have. */
export type PropertyType = PrimitiveType | ComplexType | ListType;

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

/** An entity as it goes over the wire: every property of its type, `Id` among them. */
export type WireEntity = Readonly<Record<string, Value | ComplexValue>>;

/** Namespace of all entity and complex types. */
export const NAMESPACE = "Microsoft.Cloud.Media.Vod.Rest.Data.Models";

/** Whether a property's type is a primitive one. */
export function isPrimitive(type: PropertyType): type is PrimitiveType {
  return typeof type === "string";
}

/** Whether a property holds a collection of primitive values. */
export function isList(type: PropertyType): type is ListType {
  return typeof type === "object" && "listOf" in type;
}
