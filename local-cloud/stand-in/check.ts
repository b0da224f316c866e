import { createHash } from "node:crypto";
import type { Declaration } from "./kinds/resource-kind";
import { allAt, hasUnknown, numberAt, type Properties, unknown, type Value } from "./properties";
import { resourceNameProperty, typeOfId } from "./resource-id";

/** One thing that is wrong with a declaration. */
export interface Problem {
  /** Dotted path of the property. */
  property: string;
  reason: string;
}

const suffixLength = 8;

/**
 * The suffix of automatic names. It follows from the resource's URN, so that a deployment that was
 * killed finds, when repeated, what it made; Azure's provider draws it at random.
 */
export function nameSuffix(urn: string): string {
  return createHash("sha256").update(urn).digest("hex").slice(0, suffixLength);
}

/** Fills in the name where the program gave none. */
export function withName(
  declaration: Declaration,
  resource: { name: string; urn: string },
  inputs: Properties,
): Properties {
  const property = resourceNameProperty(declaration.idPattern);
  if (property === undefined || inputs[property] !== undefined) return inputs;
  const suffix = nameSuffix(resource.urn);
  const makeName = declaration.autoName ?? ((name: string, s: string) => `${name}${s}`);
  return { ...inputs, [property]: makeName(resource.name, suffix) };
}

/** Everything that is wrong with the inputs, as far as they are known. */
export function problemsOf(declaration: Declaration, inputs: Properties): Problem[] {
  return [
    ...missing(declaration, inputs),
    ...wrongChoices(declaration, inputs),
    ...wrongPatterns(declaration, inputs),
    ...wrongRanges(declaration, inputs),
    ...wrongReferences(declaration, inputs),
  ];
}

function missing({ required = [], idPattern }: Declaration, inputs: Properties): Problem[] {
  const inId = [...idPattern.matchAll(/\{(\w+)\}/g)].map(([, property]) => property ?? "");
  return [...new Set([...inId, ...required])]
    .filter((path) => lacks(inputs, path))
    .map((property) => ({ property, reason: "is required" }));
}

/** Whether some place that should hold the last part of the path holds none. */
function lacks(inputs: Properties, path: string): boolean {
  const cut = path.lastIndexOf(".");
  const last = path.slice(cut + 1);
  if (cut < 0) return isAbsent(inputs[last]);
  const holderPath = path.slice(0, cut);
  const holders = holderPath.endsWith("[]")
    ? allAt(inputs, holderPath.slice(0, -2)).flatMap((list) => (Array.isArray(list) ? list : []))
    : allAt(inputs, holderPath);
  if (holders.length === 0) return !holderPath.includes("[]");
  return holders.some((holder) => holder !== unknown && allAt(holder, last).length === 0);
}

function isAbsent(value: Value | undefined): boolean {
  return value === undefined || value === null || value === "";
}

/** Known values at a path; `list[]` means the items themselves. */
function knownAt(inputs: Properties, path: string): Value[] {
  const values = path.endsWith("[]")
    ? allAt(inputs, path.slice(0, -2)).flatMap((list) => (Array.isArray(list) ? list : []))
    : allAt(inputs, path);
  return values.filter((value) => !hasUnknown(value));
}

function wrongChoices({ choices = {} }: Declaration, inputs: Properties): Problem[] {
  return Object.entries(choices).flatMap(([property, allowed]) =>
    knownAt(inputs, property)
      .filter((value) => typeof value !== "string" || !allowed.includes(value))
      .map((value) => ({
        property,
        reason: `${JSON.stringify(value)} is not one of ${allowed.join(", ")}`,
      })),
  );
}

function wrongPatterns({ patterns = {} }: Declaration, inputs: Properties): Problem[] {
  return Object.entries(patterns).flatMap(([property, { pattern, rule }]) =>
    knownAt(inputs, property)
      .filter((value) => typeof value !== "string" || !pattern.test(value))
      .map((value) => ({ property, reason: `${JSON.stringify(value)} ${rule}` })),
  );
}

function wrongRanges({ ranges = {} }: Declaration, inputs: Properties): Problem[] {
  return Object.entries(ranges).flatMap(([property, [smallest, largest]]) =>
    knownAt(inputs, property)
      .filter((value) => {
        const number = numberAt({ value }, "value");
        return number === undefined || number < smallest || number > largest;
      })
      .map((value) => ({
        property,
        reason: `${JSON.stringify(value)} is not a number from ${smallest} to ${largest}`,
      })),
  );
}

function wrongReferences({ references = {} }: Declaration, inputs: Properties): Problem[] {
  return Object.entries(references).flatMap(([property, type]) =>
    knownAt(inputs, property)
      .filter((value) => !isIdOf(value, type))
      .map((value) => ({
        property,
        reason: `${JSON.stringify(value)} is not the id of a ${type === "" ? "resource" : type}`,
      })),
  );
}

function isIdOf(value: Value, type: string): boolean {
  const actual = typeof value === "string" ? typeOfId(value) : undefined;
  return actual !== undefined && (type === "" || actual.toLowerCase() === type.toLowerCase());
}
