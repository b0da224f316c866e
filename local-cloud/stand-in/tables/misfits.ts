import type { Finding } from "../finding";
import { isMap, type Path, type Properties, unknown, type Value } from "../properties";
import { nearestName } from "./nearest-name";
import type { Field, Fields, PlainKind, Shape } from "./shape";

/** Where a value stands that is there. */
interface Place {
  readonly path: Path;
  readonly value: Value;
}

/** Whatever in the properties is not as the types say: names, kinds, choices, and what is missing. */
export function misfitsOf(properties: Properties, fields: Fields): Finding[] {
  return inObject({ path: [], value: properties }, fields);
}

/** Kinds without an inside. */
const plainKinds: Record<PlainKind, { isRight: (value: Value) => boolean; reason: string }> = {
  anything: { isRight: () => true, reason: "" },
  text: { isRight: (value) => typeof value === "string", reason: "is not text" },
  number: { isRight: (value) => typeof value === "number", reason: "is not a number" },
  boolean: { isRight: (value) => typeof value === "boolean", reason: "is not true or false" },
  asset: { isRight: isMap, reason: "is not a file or an archive" },
};

/** What a preview doesn't know may be anything; null is a property that isn't there. */
function misfits(place: Place, shape: Shape): Finding[] {
  if (place.value === unknown || place.value === null) return [];
  switch (shape.kind) {
    case "choice":
      return inChoice(place, shape.values());
    case "list":
      return inList(place, shape.items);
    case "map":
      return inMap(place, shape.values);
    case "object":
      return inObject(place, shape.fields());
    case "union":
      return inUnion(place, shape.members);
    default:
      return inPlain(place, shape.kind);
  }
}

function inPlain(place: Place, kind: PlainKind): Finding[] {
  const { isRight, reason } = plainKinds[kind];
  return isRight(place.value) ? [] : [wrong(place, reason)];
}

function wrong({ path, value }: Place, reason: string): Finding {
  return { path, value, reason };
}

function inChoice(place: Place, allowed: readonly string[]): Finding[] {
  const { value } = place;
  if (typeof value === "string" && allowed.includes(value)) return [];
  const meant = typeof value === "string" ? nearestName(value, allowed) : undefined;
  return [{ ...wrong(place, `is not one of ${allowed.join(", ")}`), meant }];
}

function inList(place: Place, items: Shape): Finding[] {
  const { path, value } = place;
  if (!Array.isArray(value)) return [wrong(place, "is not a list")];
  return value.flatMap((item, index) => misfits({ path: [...path, index], value: item }, items));
}

function inMap(place: Place, values: Shape): Finding[] {
  const { path, value } = place;
  if (!isMap(value)) return [wrong(place, "is not a map")];
  return Object.entries(value).flatMap(([key, item]) =>
    misfits({ path: [...path, key], value: item }, values),
  );
}

function inObject(place: Place, fields: Fields): Finding[] {
  const { path, value } = place;
  if (!isMap(value)) return [wrong(place, "is not an object")];
  const missing = [...fields]
    .filter(([name, { required }]) => required && (value[name] ?? null) === null)
    .map(([name]) => ({ path: [...path, name], reason: "is required" }));
  const present = Object.entries(value).flatMap(([name, item]) => {
    const inner = { path: [...path, name], value: item };
    const field = fields.get(name);
    return field === undefined ? notKnown(inner, fields) : misfits(inner, field.shape);
  });
  return [...missing, ...present];
}

function notKnown({ path, value }: Place, fields: Fields): Finding[] {
  if (value === null) return [];
  const meant = nearestName(String(path.at(-1)), fields.keys());
  const known = meant === undefined ? `; known are ${[...fields.keys()].join(", ")}` : "";
  return [{ path, reason: `is not a property that exists here${known}`, meant }];
}

/**
 * One of several types. Objects are told apart by a property that has one fixed text in each, as
 * `name` has in the actions of a rule; others by which fits best.
 */
function inUnion(place: Place, members: readonly Shape[]): Finding[] {
  if (isMap(place.value)) {
    const tag = discriminator(members);
    if (tag !== undefined) return inTagged(place, place.value, tag);
  }
  const tried = members.map((member) => misfits(place, member));
  return tried.reduce((best, next) => (next.length < best.length ? next : best));
}

/** The property that tells the members apart, and the member for each of its texts. */
interface Discriminator {
  readonly name: string;
  readonly members: ReadonlyMap<string, Fields>;
}

function discriminator(shapes: readonly Shape[]): Discriminator | undefined {
  const objects = shapes.flatMap((shape) => (shape.kind === "object" ? [shape.fields()] : []));
  const [first] = objects;
  if (first === undefined || objects.length < shapes.length) return undefined;
  for (const name of first.keys()) {
    const texts = objects.map((fields) => fixedText(fields.get(name)));
    const members = new Map(
      texts.flatMap((text, index) => {
        const fields = objects[index];
        return text === undefined || fields === undefined ? [] : [[text, fields] as const];
      }),
    );
    if (members.size === objects.length) return { name, members };
  }
  return undefined;
}

function fixedText(field: Field | undefined): string | undefined {
  if (field?.shape.kind !== "choice") return undefined;
  const [text, ...others] = field.shape.values();
  return others.length === 0 ? text : undefined;
}

function inTagged(place: Place, value: Properties, { name, members }: Discriminator): Finding[] {
  const text = value[name] ?? null;
  const path = [...place.path, name];
  if (text === null)
    return [{ path, reason: "is required" }, ...knownToNone(place, value, members)];
  if (text === unknown) return [];
  const fields = typeof text === "string" ? members.get(text) : undefined;
  if (fields === undefined) return inChoice({ path, value: text }, [...members.keys()]);
  return inObject(place, fields);
}

/** Where the kind isn't said, what none of the kinds has. */
function knownToNone(
  { path }: Place,
  value: Properties,
  members: ReadonlyMap<string, Fields>,
): Finding[] {
  const fields = new Map([...members.values()].flatMap((member) => [...member]));
  return Object.entries(value)
    .filter(([name]) => !fields.has(name))
    .flatMap(([name, item]) => notKnown({ path: [...path, name], value: item }, fields));
}
