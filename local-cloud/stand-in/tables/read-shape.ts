import * as ts from "typescript";
import { openEnumerations } from "./open-enumerations";
import type { Field, Fields, Shape } from "./shape";

/** Where the names that a type refers to are looked up, when they are first needed. */
export interface Names {
  /** Properties of an input type such as `cdn.ResourceReferenceArgs`. */
  fieldsOf(name: string): Fields;
  /** Values of an enumeration such as `cdn.EnabledState`. */
  valuesOf(name: string): readonly string[];
}

/** Every interface in a text of declarations, inside its namespaces or not, by its own name. */
export function readInterfaces(text: string, names: Names): ReadonlyMap<string, Fields> {
  const source = parse(text);
  const found = new Map<string, Fields>();
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node)) found.set(node.name.text, readFields(node, names));
    else if (ts.isModuleDeclaration(node) || ts.isModuleBlock(node)) ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return found;
}

/** Every enumeration in a text, with its values; the packages write them as constant objects. */
export function readEnumerations(text: string): ReadonlyMap<string, readonly string[]> {
  const constants = parse(text)
    .statements.filter((statement) => ts.isVariableStatement(statement))
    .flatMap(({ declarationList }) => [...declarationList.declarations]);
  return new Map(
    constants.flatMap(({ name, type }) =>
      ts.isIdentifier(name) && type !== undefined && ts.isTypeLiteralNode(type)
        ? [[name.text, literalsIn(type)] as const]
        : [],
    ),
  );
}

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile("declarations.d.ts", text, ts.ScriptTarget.ES2022);
}

function literalsIn({ members }: ts.TypeLiteralNode): string[] {
  return members.flatMap((member) => {
    const literal = ts.isPropertySignature(member) ? member.type : undefined;
    if (literal === undefined || !ts.isLiteralTypeNode(literal)) return [];
    return ts.isStringLiteral(literal.literal) ? [literal.literal.text] : [];
  });
}

function readFields({ members }: ts.InterfaceDeclaration, names: Names): Fields {
  return new Map(
    members.filter(ts.isPropertySignature).map(({ name, type, questionToken }) => {
      const shape: Shape = type === undefined ? { kind: "anything" } : readShape(type, names);
      const field: Field = { shape, required: questionToken === undefined };
      return [propertyName(name), field] as const;
    }),
  );
}

function propertyName(name: ts.PropertyName): string {
  if (ts.isIdentifier(name) || ts.isStringLiteral(name)) return name.text;
  throw new Error("a package declares a property whose name is computed, which can't be read");
}

function readShape(node: ts.TypeNode, names: Names): Shape {
  const keyword = keywordShapes[node.kind];
  if (keyword !== undefined) return keyword;
  if (ts.isParenthesizedTypeNode(node)) return readShape(node.type, names);
  if (ts.isTypeReferenceNode(node)) return readReference(node, names);
  if (ts.isUnionTypeNode(node)) return readUnion(node, names);
  if (ts.isArrayTypeNode(node)) return { kind: "list", items: readShape(node.elementType, names) };
  if (ts.isTypeLiteralNode(node)) return readMap(node, names);
  return ts.isLiteralTypeNode(node) ? readLiteral(node) : { kind: "anything" };
}

function readLiteral({ literal }: ts.LiteralTypeNode): Shape {
  if (!ts.isStringLiteral(literal)) return { kind: "anything" };
  const { text } = literal;
  return { kind: "choice", values: () => [text] };
}

function readMap({ members }: ts.TypeLiteralNode, names: Names): Shape {
  const [index] = members;
  if (index === undefined || !ts.isIndexSignatureDeclaration(index)) return { kind: "anything" };
  return { kind: "map", values: readShape(index.type, names) };
}

const keywordShapes: Partial<Record<ts.SyntaxKind, Shape>> = {
  [ts.SyntaxKind.StringKeyword]: { kind: "text" },
  [ts.SyntaxKind.NumberKeyword]: { kind: "number" },
  [ts.SyntaxKind.BooleanKeyword]: { kind: "boolean" },
};

/** What is neither the package's own nor Pulumi's is not looked into: one class in 3,422 has such. */
function readReference({ typeName, typeArguments }: ts.TypeReferenceNode, names: Names): Shape {
  const [module, ...rest] = pathOf(typeName);
  const name = rest.join(".");
  const inner = typeArguments?.[0];
  if (module === "inputs") return { kind: "object", fields: () => names.fieldsOf(name) };
  if (module === "enums") return readEnumeration(name, names);
  if (module !== "pulumi") return { kind: "anything" };
  if (name === "Input" && inner !== undefined) return readShape(inner, names);
  return { kind: name.startsWith("asset.") ? "asset" : "anything" };
}

function readEnumeration(name: string, names: Names): Shape {
  if (openEnumerations[name] !== undefined) return { kind: "text" };
  return { kind: "choice", values: () => names.valuesOf(name) };
}

function pathOf(name: ts.EntityName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return [...pathOf(name.left), name.right.text];
}

/** `string | AnEnumeration` is an enumeration that the compiler doesn't hold anybody to. */
function readUnion({ types }: ts.UnionTypeNode, names: Names): Shape {
  const members = types
    .filter((type) => type.kind !== ts.SyntaxKind.UndefinedKeyword)
    .map((type) => readShape(type, names));
  const hasChoice = members.some(({ kind }) => kind === "choice");
  const kept = members.filter(({ kind }) => !(hasChoice && kind === "text"));
  const [only] = kept;
  if (kept.length === 1 && only !== undefined) return only;
  if (kept.every((member) => member.kind === "choice")) {
    return { kind: "choice", values: () => kept.flatMap(({ values }) => values()) };
  }
  return { kind: "union", members: kept };
}
