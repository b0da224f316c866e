import {
  isObject,
  isPlainMap,
  isSecret,
  mapMarked,
  type PropertyMap,
  type PropertyValue,
  signatureOf,
  Signature,
  textOf,
  UNKNOWN,
} from "../values/property-value";

/** What is shown in place of a secret. */
export const MASK = "[secret]";
const NOT_KNOWN = "[unknown]";

/** A value in the official CLI's form, secrets masked; `indent` is that of the line it begins on. */
export function valueText(value: PropertyValue, indent = ""): string {
  if (isSecret(value)) return MASK;
  if (value === UNKNOWN) return NOT_KNOWN;
  if (Array.isArray(value)) {
    return block(
      "[",
      value.map((item, index) => [`[${index}]`, item]),
      { close: "]", indent },
    );
  }
  if (!isObject(value)) return JSON.stringify(value);
  if (isPlainMap(value)) return block("{", visible(value), { close: "}", indent });
  return markedText(value);
}

/** The members that are shown: those that begin with two underscores are the SDK's own. */
export function visible(properties: PropertyMap): [string, PropertyValue][] {
  return Object.entries(properties)
    .filter(([key, value]) => !key.startsWith("__") && value !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function block(
  open: string,
  members: [string, PropertyValue][],
  { close, indent }: { close: string; indent: string },
): string {
  if (members.length === 0) return `${open}${close}`;
  const inner = `${indent}    `;
  const width = Math.max(...members.map(([key]) => key.length));
  const lines = members.map(
    ([key, value]) => `${inner}${key.padEnd(width)}: ${valueText(value, inner)}`,
  );
  return [open, ...lines, `${indent}${close}`].join("\n");
}

function markedText(value: PropertyMap): string {
  switch (signatureOf(value)) {
    case Signature.asset:
      return `asset(${textOf(value["path"], textOf(value["hash"]))})`;
    case Signature.resource:
      return JSON.stringify(value["urn"] ?? "");
    default:
      return "[value]";
  }
}

/** A value as plain JSON: secrets masked, or opened, and unknowns named. */
export function plainValue(value: PropertyValue, showSecrets: boolean): PropertyValue {
  const clear = mapMarked(value, (marked, recur) => {
    if (!isSecret(marked)) return marked;
    return showSecrets ? recur(marked["value"] ?? null) : MASK;
  });
  return nameUnknowns(clear);
}

function nameUnknowns(value: PropertyValue): PropertyValue {
  if (value === UNKNOWN) return NOT_KNOWN;
  if (Array.isArray(value)) return value.map(nameUnknowns);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, nameUnknowns(item)]));
}
