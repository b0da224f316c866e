import { MediaError } from "../../domain/errors";
import { parseXml } from "../../packaging/xml";
import { presetError } from "./preset-error";
import type { PresetValue } from "./preset-node";

type XmlObject = Readonly<Record<string, unknown>>;

/** Elements that hold a list, and what each of its members is called; without a name, anything. */
const LISTS: Readonly<Record<string, string | undefined>> = {
  Sources: "Source",
  H264Layers: "H264Layer",
  JpgLayers: "JpgLayer",
  PngLayers: "PngLayer",
  BmpLayers: "BmpLayer",
  Outputs: "Output",
  Streams: undefined,
  Chapters: undefined,
  Codecs: undefined,
};

/** Attributes that say what the document is, not what is to be made. */
const DOCUMENT = /^(xmlns|xsi|xsd|schemaLocation)$|^xmlns:/;

/**
 * Reads a preset in XML into the form that JSON has: attributes and elements are members, the
 * elements of `Encoding` are the codecs and the element of an `Output` is its format.
 *
 * @throws TaskError `ErrorParsingConfiguration` when it is no XML, or its root is no `Preset`.
 */
export function parsePresetXml(text: string): PresetValue {
  const root = parsed(text)["Preset"];
  if (root === undefined) throw presetError("", "has no root element 'Preset'");
  const { Encoding: encoding, ...rest } = valueOf(root) as Record<string, PresetValue>;
  return encoding === undefined ? rest : { ...rest, Codecs: encoding };
}

function parsed(text: string): XmlObject {
  try {
    return parseXml(text.replace(/^\uFEFF?\s*<\?xml[^>]*\?>/, "").trim());
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
    throw presetError("", `cannot be read: ${error.message}${cause}`);
  }
}

/** An element's one occurrence. */
function valueOf(occurrences: unknown, name = "Preset"): PresetValue {
  const [element, second] = occurrences as unknown[];
  if (second !== undefined) throw presetError(name, "must be there only once");
  return elementValue(element, name);
}

function elementValue(element: unknown, name: string): PresetValue {
  if (typeof element !== "object" || element === null) {
    return name in LISTS ? [] : String(element);
  }
  if (name === "Encoding") return typedMembers(element as XmlObject);
  if (name in LISTS) return listMembers(element as XmlObject, name);
  const value = members(element as XmlObject);
  return name === "Output" ? withFormat(value) : value;
}

function members(element: XmlObject): Record<string, PresetValue> {
  return Object.fromEntries(
    Object.entries(element)
      .filter(([name]) => !DOCUMENT.test(name))
      .map(([name, value]) => [name, typeof value === "string" ? value : valueOf(value, name)]),
  );
}

/** The elements of a list, each with its own name as `Type` where names differ. */
function listMembers(element: XmlObject, list: string): PresetValue[] {
  const member = LISTS[list];
  if (member === undefined) return typedMembers(element);
  return Object.entries(element).flatMap(([name, occurrences]) => {
    if (name !== member || !Array.isArray(occurrences)) {
      throw presetError(list, `holds '${name}', which is not known here`);
    }
    return occurrences.map((one) => emptyAsObject(elementValue(one, name)));
  });
}

function typedMembers(element: XmlObject): PresetValue[] {
  return Object.entries(element).flatMap(([name, occurrences]) =>
    Array.isArray(occurrences)
      ? occurrences.map((one) => ({
          ...(emptyAsObject(elementValue(one, name)) as object),
          Type: name,
        }))
      : [],
  );
}

/** `<MP4Format/>` has neither text nor children. */
function emptyAsObject(value: PresetValue): PresetValue {
  return value === "" ? {} : value;
}

/** `<Output FileName=".."><MP4Format/></Output>`. */
function withFormat({ FileName, ...formats }: Record<string, PresetValue>): PresetValue {
  const [format, second] = Object.keys(formats);
  if (second !== undefined)
    throw presetError("Output", `has two formats, '${format ?? ""}' and '${second}'`);
  return {
    ...(FileName === undefined ? {} : { FileName }),
    ...(format === undefined ? {} : { Format: { Type: format } }),
  };
}
