/**
 * Property values in the JSON form that Pulumi sends on the wire and keeps in state. Secrets, assets,
 * resource references and output values are objects marked by a signature; an unknown is a string.
 * Source: https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/properties.go
 */
export type PropertyValue =
  null | boolean | number | string | PropertyValue[] | { [key: string]: PropertyValue };

/** Properties by name. */
export type PropertyMap = Record<string, PropertyValue>;

/** The key that marks an object as something other than a plain map. */
export const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";

/** What a marked object is. */
export const Signature = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
  resource: "5cf8f73096256a8f31e491e813e4eb8e",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
} as const;

/** Stands for a value that is not known before the update. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Any object: a plain map or a marked one. */
export function isObject(value: PropertyValue | undefined): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A plain map, not one of the marked objects. */
export function isPlainMap(value: PropertyValue | undefined): value is PropertyMap {
  return isObject(value) && value[SIGNATURE_KEY] === undefined;
}

/** The signature of a marked object, or undefined. */
export function signatureOf(value: PropertyValue | undefined): PropertyValue | undefined {
  return isObject(value) ? value[SIGNATURE_KEY] : undefined;
}

/** Whether the value itself is a secret. */
export function isSecret(value: PropertyValue | undefined): value is PropertyMap {
  return signatureOf(value) === Signature.secret;
}

/** A property as text; anything but a text gives the fallback. */
export function textOf(value: PropertyValue | undefined, fallback = ""): string {
  return typeof value === "string" ? value : fallback;
}

/** The value as a secret; a secret stays as it is. */
export function secretOf(value: PropertyValue): PropertyValue {
  return isSecret(value) ? value : { [SIGNATURE_KEY]: Signature.secret, value };
}

/** Handles one marked object; `recur` goes on inside it. */
export type MarkedHandler = (
  marked: PropertyMap,
  recur: (value: PropertyValue) => PropertyValue,
) => PropertyValue;

/**
 * Rebuilds a value, handing each marked object to the handler; undefined members are left out. What
 * comes out as it was is not copied: a state has thousands of properties and few secrets.
 */
export function mapMarked(value: PropertyValue, handle: MarkedHandler): PropertyValue {
  const recur = (inner: PropertyValue): PropertyValue => mapMarked(inner, handle);
  if (Array.isArray(value)) {
    const mapped = value.map(recur);
    return mapped.every((item, index) => item === value[index]) ? value : mapped;
  }
  if (!isObject(value)) return value;
  return value[SIGNATURE_KEY] === undefined ? mapEntries(value, recur) : handle(value, recur);
}

/** {@link mapMarked} over each property of a map that is itself plain. */
export function mapMarkedIn(properties: PropertyMap, handle: MarkedHandler): PropertyMap {
  return mapEntries(properties, (value) => mapMarked(value, handle));
}

function mapEntries(
  properties: PropertyMap,
  map: (value: PropertyValue) => PropertyValue,
): PropertyMap {
  const result: PropertyMap = {};
  let same = true;
  for (const [key, value] of Object.entries(properties) as [string, PropertyValue | undefined][]) {
    const mapped = value === undefined ? undefined : map(value);
    if (mapped === undefined || mapped !== value) same = false;
    if (mapped !== undefined) result[key] = mapped;
  }
  return same ? properties : result;
}

/** Whether the value, or anything inside it, satisfies the predicate. */
function contains(
  value: PropertyValue | undefined,
  predicate: (value: PropertyValue) => boolean,
): boolean {
  if (value === undefined) return false;
  if (predicate(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((inner) => contains(inner, predicate));
}

/** Whether anything in the value is not known yet. */
export function hasUnknown(value: PropertyValue | undefined): boolean {
  return contains(value, (inner) => inner === UNKNOWN);
}

/** Whether anything in the value is a secret. */
export function hasSecret(value: PropertyValue | undefined): boolean {
  return contains(value, isSecret);
}
