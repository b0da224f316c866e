import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { SecretBox } from "../storage/secret-box";

/** A property value in the form in which Pulumi sends it over the wire. */
// A Record of itself would be a circular alias; an index signature is not.

export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
/** The properties of a resource. */
export type Properties = Record<string, Value>;

/** Marks objects that stand for something else than a map. */
const signatureKey = "4dabf18193072939515e22adb298388d";
/** @see https://github.com/pulumi/pulumi/blob/v3.248.0/sdk/go/common/resource/sig/sig.go */
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const sealedKey = "$sealed";

/** What a preview sends for a value that only the deployment will know. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Properties of a message; a missing message has none. */
export function fromStruct(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}

/** Properties as a message. */
export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties);
}

/** Marks a value as secret for the engine. */
export function secret(value: Value): Value {
  return { [signatureKey]: secretSignature, value };
}

/** Whether a value has properties. */
export function isMap(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is marked as secret. */
export function isSecret(value: Value | undefined): value is { value: Value } {
  return isMap(value) && value[signatureKey] === secretSignature && "value" in value;
}

/** Rebuilds a value; `replace` may answer another value for any part, outermost first. */
function rewrite(value: Value, replace: (part: Value) => Value | undefined): Value {
  const replaced = replace(value);
  if (replaced !== undefined) return replaced;
  if (Array.isArray(value)) return value.map((item) => rewrite(item, replace));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, rewrite(v, replace)]));
}

/** The same properties with the marks of secrets taken off. */
export function reveal<T extends Value>(value: T): T {
  return rewrite(value, (part) => (isSecret(part) ? reveal(part.value) : undefined)) as T;
}

/** Encrypts the marked secrets, for a file. */
export function sealSecrets(properties: Properties, box: SecretBox): Properties {
  return rewrite(properties, (part) =>
    isSecret(part) ? { [sealedKey]: box.seal(JSON.stringify(part.value)) } : undefined,
  ) as Properties;
}

/** Undoes {@link sealSecrets}. */
export function unsealSecrets(properties: Properties, box: SecretBox): Properties {
  return rewrite(properties, (part) => {
    const sealed = isMap(part) ? part[sealedKey] : undefined;
    return typeof sealed === "string" ? secret(JSON.parse(box.unseal(sealed)) as Value) : undefined;
  }) as Properties;
}

/** The value at a dotted path such as `sku.name`; `undefined` where something on the way lacks. */
export function at(value: Value | undefined, path: string): Value | undefined {
  return path
    .split(".")
    .reduce<Value | undefined>((part, key) => (isMap(part) ? part[key] : undefined), value);
}

/** Names and indexes on the way to a value. */
export type Path = readonly (string | number)[];

/** Where a value stands, or could stand. */
export interface Place {
  readonly path: Path;
  readonly value: Value | undefined;
}

/**
 * All places that a dotted path leads to; `[]` stands for every item of a list. What is inside of
 * something unknown is unknown as well.
 */
export function placesAt(value: Value | undefined, path: string): Place[] {
  const steps = path.replaceAll("[]", ".[]").split(".");
  return steps.reduce<Place[]>(
    (places, step) => places.flatMap((place) => within(place, step)),
    [{ path: [], value }],
  );
}

function within({ path, value }: Place, step: string): Place[] {
  if (value === unknown) return [{ path, value }];
  if (step !== "[]") {
    return [{ path: [...path, step], value: isMap(value) ? value[step] : undefined }];
  }
  if (!Array.isArray(value)) return [];
  return value.map((item, index) => ({ path: [...path, index], value: item }));
}

/** All values at a dotted path in which `[]` stands for every item of a list. */
function allAt(value: Value | undefined, path: string): Value[] {
  return placesAt(value, path).flatMap(({ value: found }) => found ?? []);
}

/** A string at a path, when there is one. */
export function textAt(value: Value | undefined, path: string): string | undefined {
  const found = at(value, path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** A number at a path; Pulumi also sends numbers as text where a program wrote text. */
export function numberAt(value: Value | undefined, path: string): number | undefined {
  const found = at(value, path);
  const number = typeof found === "string" && found !== unknown ? Number(found) : found;
  return typeof number === "number" && !Number.isNaN(number) ? number : undefined;
}

/** Every string at a path in which `[]` stands for the items of a list. */
export function textsAt(value: Value | undefined, path: string): string[] {
  return allAt(value, path).filter((found) => typeof found === "string");
}

/** The map at a path, when there is one. */
export function mapAt(value: Value | undefined, path: string): Properties | undefined {
  const found = at(value, path);
  return isMap(found) ? found : undefined;
}

/** The list at a path; none is an empty one. */
export function listAt(value: Value | undefined, path: string): Value[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

/** Whether any part is not known yet. */
export function hasUnknown(value: Value): boolean {
  return JSON.stringify(value).includes(unknown);
}

/** Equality as an engine sees it: a property that is null is a property that isn't there. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b || (a ?? undefined) === (b ?? undefined)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  if (!isMap(a) || !isMap(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((k) => sameValue(a[k], b[k]));
}

/** A copy with one value, at a dotted path, set; maps on the way are made. */
export function withValue(properties: Properties, path: string, value: Value): Properties {
  const [head = "", ...rest] = path.split(".");
  if (rest.length === 0) return { ...properties, [head]: value };
  const inner = properties[head];
  return { ...properties, [head]: withValue(isMap(inner) ? inner : {}, rest.join("."), value) };
}
