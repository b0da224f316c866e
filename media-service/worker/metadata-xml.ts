import { escapeXml } from "../packaging/xml";

/** Attributes in the order in which they are written; those without a value are left out. */
type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element of a metadata file: its name, its attributes, and what is in it. */
export type Element = readonly [
  name: string,
  attributes: Attributes,
  children?: readonly Element[],
];

/** Writes a document, the same bytes for the same content. */
export function metadataDocument(namespace: string, files: readonly Element[]): string {
  const root: Element = ["AssetFiles", { xmlns: namespace }, files];
  return `<?xml version="1.0" encoding="utf-8"?>\n${lines(root, "").join("\n")}\n`;
}

function lines([name, attributes, children = []]: Element, indent: string): string[] {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escapeXml(value.toString())}"`],
  );
  const open = `${indent}<${name}${written.join("")}`;
  if (children.length === 0) return [`${open} />`];
  const inside = children.flatMap((child) => lines(child, `${indent}  `));
  return [`${open}>`, ...inside, `${indent}</${name}>`];
}

/** A list of tracks, where there are any. */
export function tracksElement(name: string, tracks: readonly Element[]): Element[] {
  return tracks.length === 0 ? [] : [[name, {}, tracks]];
}

/** `PT25M37.757S` (ISO 8601, `xs:duration`), to the millisecond. */
export function durationText(seconds: number): string {
  const milliseconds = Math.max(0, Math.round(seconds * 1000));
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor((milliseconds % 3_600_000) / 60_000);
  const rest = (milliseconds % 60_000) / 1000;
  return `PT${hours > 0 ? `${hours}H` : ""}${minutes > 0 ? `${minutes}M` : ""}${rest}S`;
}

/** Bits per second as kilobits. */
export function kilobits(bitsPerSecond: number): number {
  return Math.round(bitsPerSecond / 1000);
}

/** A shape in its smallest numbers, such as 16 to 9. */
export function aspectRatio(width: number, height: number): readonly [number, number] {
  const divisor = greatestDivisor(width, height) || 1;
  return [width / divisor, height / divisor];
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
