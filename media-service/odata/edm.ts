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

/** What a property can be. */
export type PropertyType = PrimitiveType | PrimitiveCollection | ComplexType;

/** A collection of primitive values. */
export interface PrimitiveCollection {
  readonly collectionOf: PrimitiveType;
}

/** A complex type, or a collection of one. */
export interface ComplexType {
  /** Name without namespace. */
  readonly complex: string;
  readonly collection: boolean;
  readonly properties: Readonly<Record<string, PropertyType>>;
}

/** A property of an entity type. */
export interface PropertyDefinition {
  readonly type: PropertyType;
  /** What a client may do with it; `create` is also called write-once. Default `none`. */
  readonly write?: "none" | "create" | "always";
}

/** A navigation property. */
export interface NavigationDefinition {
  /** Name of the entity set that it leads to. */
  readonly target: string;
  readonly many: boolean;
  /**
   * The target's property that holds this entity's key: with it, an entity can be made by a POST to the
   * navigation property.
   */
  readonly foreignKey?: string;
  /** Whether new entities of it are made along with the entity, from inside its body. Default false. */
  readonly inline?: boolean;
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

/** The name of a type as metadata and payloads have it. */
export function qualifiedName(type: PropertyType): string {
  if (isPrimitive(type)) return type;
  if ("collectionOf" in type) return `Collection(${type.collectionOf})`;
  const name = `${NAMESPACE}.${type.complex}`;
  return type.collection ? `Collection(${name})` : name;
}

/** The type of one item of a collection; undefined when the type is none. */
export function itemType(type: PropertyType): PropertyType | undefined {
  if (isPrimitive(type)) return undefined;
  if ("collectionOf" in type) return type.collectionOf;
  return type.collection ? { ...type, collection: false } : undefined;
}

/** The property that is an entity type's key; only storage accounts and reserved units have no id. */
export function keyProperty(type: EntityType): "Id" | "Name" | "AccountId" {
  if ("Id" in type.properties) return "Id";
  return "Name" in type.properties ? "Name" : "AccountId";
}
