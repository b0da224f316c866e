import { createHash } from "node:crypto";
import type { Finding } from "./finding";
import type { Declaration } from "./kinds/resource-kind";
import {
  hasUnknown,
  numberAt,
  type Place,
  placesAt,
  type Properties,
  type Value,
} from "./properties";
import { idProperties, resourceNameProperty, typeOfId } from "./resource-id";

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

/** What Azure refuses although the package's types allow it, as far as the inputs are known. */
export function brokenRules(declaration: Declaration, inputs: Properties): Finding[] {
  return [
    ...missing(declaration, inputs),
    ...wrongChoices(declaration, inputs),
    ...wrongPatterns(declaration, inputs),
    ...wrongRanges(declaration, inputs),
    ...wrongReferences(declaration, inputs),
    ...notAmong(declaration, inputs),
  ];
}

function missing({ required = [], idPattern }: Declaration, inputs: Properties): Finding[] {
  return [...new Set([...idProperties(idPattern), ...required])]
    .flatMap((path) => placesAt(inputs, path))
    .filter(({ value }) => value === undefined || value === null || value === "")
    .map(({ path }) => ({ path, reason: "is required" }));
}

/** What is known at a path, and is not as it should be. */
function wrongAt(
  inputs: Properties,
  path: string,
  { isRight, reason }: { isRight: (value: Value) => boolean; reason: string },
): Finding[] {
  return placesAt(inputs, path)
    .filter(isKnown)
    .filter(({ value }) => !isRight(value))
    .map(({ path: place, value }) => ({ path: place, value, reason }));
}

function isKnown(place: Place): place is Place & { value: Value } {
  return place.value !== undefined && place.value !== null && !hasUnknown(place.value);
}

function wrongChoices({ choices = {} }: Declaration, inputs: Properties): Finding[] {
  return Object.entries(choices).flatMap(([path, allowed]) =>
    wrongAt(inputs, path, {
      isRight: (value) => typeof value === "string" && allowed.includes(value),
      reason: `is not one of ${allowed.join(", ")}`,
    }),
  );
}

function wrongPatterns({ patterns = {} }: Declaration, inputs: Properties): Finding[] {
  return Object.entries(patterns).flatMap(([path, { pattern, rule }]) =>
    wrongAt(inputs, path, {
      isRight: (value) => typeof value === "string" && pattern.test(value),
      reason: rule,
    }),
  );
}

function wrongRanges({ ranges = {} }: Declaration, inputs: Properties): Finding[] {
  return Object.entries(ranges).flatMap(([path, [smallest, largest]]) =>
    wrongAt(inputs, path, {
      isRight: (value) => {
        const number = numberAt({ value }, "value");
        return number !== undefined && number >= smallest && number <= largest;
      },
      reason: `is not a number from ${smallest} to ${largest}`,
    }),
  );
}

function wrongReferences({ references = {} }: Declaration, inputs: Properties): Finding[] {
  return Object.entries(references).flatMap(([path, type]) =>
    wrongAt(inputs, path, {
      isRight: (value) => isIdOf(value, type),
      reason: `is not the id of a ${type === "" ? "resource" : type}`,
    }),
  );
}

function notAmong({ among = {} }: Declaration, inputs: Properties): Finding[] {
  return Object.entries(among).flatMap(([path, { path: where, or = [] }]) => {
    const places = placesAt(inputs, where);
    if (!places.every(isKnown)) return [];
    const allowed = [...or, ...places.map(({ value }) => value)];
    return wrongAt(inputs, path, {
      isRight: (value) => allowed.includes(value),
      reason: `is not among ${where}: ${allowed.map(String).join(", ") || "there are none"}`,
    });
  });
}

function isIdOf(value: Value, type: string): boolean {
  const actual = typeof value === "string" ? typeOfId(value) : undefined;
  return actual !== undefined && (type === "" || actual.toLowerCase() === type.toLowerCase());
}
