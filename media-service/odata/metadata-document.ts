import { DECLARATION, element } from "./atom/write-xml";
import {
  type ComplexType,
  type EntityType,
  isPrimitive,
  itemType,
  keyProperty,
  NAMESPACE,
  type NavigationDefinition,
  type PrimitiveType,
  type PropertyType,
  qualifiedName,
} from "./edm";

/** A function at the API's root, as the metadata declares it. */
export interface FunctionImport {
  readonly name: string;
  readonly parameters: Readonly<Record<string, PrimitiveType>>;
  /** Left out where the function answers with nothing. */
  readonly returns?: PrimitiveType;
}

/** An action of an entity, as the metadata declares it. */
export interface ActionImport {
  readonly name: string;
  readonly setName: string;
  readonly parameters: Readonly<Record<string, PrimitiveType>>;
}

/** What the metadata is about. */
export interface ServiceModel {
  readonly types: readonly EntityType[];
  readonly functions: readonly FunctionImport[];
  readonly actions: readonly ActionImport[];
}

const EDMX = "http://schemas.microsoft.com/ado/2007/06/edmx";
const EDM = "http://schemas.microsoft.com/ado/2009/11/edm";
const METADATA = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata";
const CONTAINER_NAMESPACE = "Microsoft.Cloud.Media.Vod.Rest.Data";
const CONTAINER = "MediaServicesEntities";

/** The service's metadata document (CSDL 3.0 in EDMX 1.0). */
export function metadataDocument(model: ServiceModel): string {
  const schemas = schema(NAMESPACE, typesOf(model)) + schema(CONTAINER_NAMESPACE, container(model));
  const services = element(
    "edmx:DataServices",
    {
      "m:DataServiceVersion": "3.0",
      "m:MaxDataServiceVersion": "3.0",
      "xmlns:m": METADATA,
    },
    schemas,
  );
  return DECLARATION + element("edmx:Edmx", { Version: "1.0", "xmlns:edmx": EDMX }, services);
}

function schema(namespace: string, content: string): string {
  return element("Schema", { Namespace: namespace, xmlns: EDM }, content);
}

function typesOf({ types }: ServiceModel): string {
  const complexes = new Map<string, ComplexType>();
  for (const { properties } of types) {
    for (const { type } of Object.values(properties)) collectComplexes(type, complexes);
  }
  return [
    ...types.map((type) => entityElement(type, types)),
    ...[...complexes.values()].map(complexElement),
    ...types.flatMap((type) => navigationsOf(type, types).map(associationElement)),
  ].join("");
}

function collectComplexes(type: PropertyType, found: Map<string, ComplexType>): void {
  if (isPrimitive(type) || !("complex" in type)) return;
  found.set(type.complex, type);
  for (const inner of Object.values(type.properties)) collectComplexes(inner, found);
}

function entityElement(type: EntityType, types: readonly EntityType[]): string {
  const key = keyProperty(type);
  const properties = Object.entries(type.properties).map(([name, { type: of }]) =>
    propertyElement(name, of, name !== key),
  );
  const navigations = navigationsOf(type, types).map((navigation) =>
    element("NavigationProperty", {
      Name: navigation.name,
      Relationship: `${NAMESPACE}.${associationName(navigation)}`,
      ToRole: navigation.name,
      FromRole: type.setName,
    }),
  );
  const keyElement = element("Key", {}, element("PropertyRef", { Name: key }));
  const content = [keyElement, ...properties, ...navigations].join("");
  return element("EntityType", { Name: type.typeName }, content);
}

function complexElement({ complex, properties }: ComplexType): string {
  const content = Object.entries(properties).map(([name, type]) =>
    propertyElement(name, type, true),
  );
  return element("ComplexType", { Name: complex }, content.join(""));
}

// A collection is never null: it may be empty.
function propertyElement(name: string, type: PropertyType, mayBeNull: boolean): string {
  const isNullable = mayBeNull && itemType(type) === undefined;
  return element("Property", {
    Name: name,
    Type: qualifiedName(type),
    Nullable: isNullable ? undefined : "false",
  });
}

/** A navigation property with both of its ends. */
interface Navigation extends NavigationDefinition {
  readonly name: string;
  readonly from: EntityType;
  readonly to: EntityType;
}

// What leads to a set that is not offered is not told.
function navigationsOf(from: EntityType, types: readonly EntityType[]): Navigation[] {
  return Object.entries(from.navigations).flatMap(([name, definition]) => {
    const to = types.find(({ setName }) => setName === definition.target);
    return to === undefined ? [] : [{ ...definition, name, from, to }];
  });
}

function associationName({ from, name }: Navigation): string {
  return `${from.typeName}_${name}`;
}

function associationElement(navigation: Navigation): string {
  const { from, to, name, many } = navigation;
  const end = (role: string, type: EntityType, multiplicity: string): string =>
    element("End", {
      Type: `${NAMESPACE}.${type.typeName}`,
      Role: role,
      Multiplicity: multiplicity,
    });
  const ends = end(from.setName, from, "*") + end(name, to, many ? "*" : "0..1");
  return element("Association", { Name: associationName(navigation) }, ends);
}

function container({ types, functions, actions }: ServiceModel): string {
  const sets = types.map(({ setName, typeName }) =>
    element("EntitySet", { Name: setName, EntityType: `${NAMESPACE}.${typeName}` }),
  );
  const associations = types.flatMap((type) => navigationsOf(type, types).map(associationSet));
  const content = [
    ...sets,
    ...associations,
    ...functions.map(functionImport),
    ...actions.map((action) => actionImport(action, types)),
  ];
  const attributes = { Name: CONTAINER, "m:IsDefaultEntityContainer": "true", "xmlns:m": METADATA };
  return element("EntityContainer", attributes, content.join(""));
}

function associationSet(navigation: Navigation): string {
  const { from, to, name } = navigation;
  const ends =
    element("End", { Role: from.setName, EntitySet: from.setName }) +
    element("End", { Role: name, EntitySet: to.setName });
  const association = `${NAMESPACE}.${associationName(navigation)}`;
  return element(
    "AssociationSet",
    { Name: associationName(navigation), Association: association },
    ends,
  );
}

function functionImport({ name, parameters, returns }: FunctionImport): string {
  const attributes = { Name: name, ReturnType: returns, "m:HttpMethod": "GET" };
  return element("FunctionImport", attributes, parameterElements(parameters));
}

function actionImport(
  { name, setName, parameters }: ActionImport,
  types: readonly EntityType[],
): string {
  const bound = types.find((type) => type.setName === setName);
  const attributes = { Name: name, IsBindable: "true", "m:IsAlwaysBindable": "true" };
  const binding = element("Parameter", {
    Name: "bindingParameter",
    Type: `${NAMESPACE}.${bound?.typeName ?? ""}`,
  });
  return element("FunctionImport", attributes, binding + parameterElements(parameters));
}

function parameterElements(parameters: Readonly<Record<string, PrimitiveType>>): string {
  return Object.entries(parameters)
    .map(([name, type]) => element("Parameter", { Name: name, Type: type, Mode: "In" }))
    .join("");
}
