import { XMLParser } from "fast-xml-parser";
import { InvalidInputError } from "./errors";

/** An asset that a task reads: one of the job's inputs, or what another task makes. */
export interface TaskInput {
  readonly from: "JobInputAsset" | "JobOutputAsset";
  readonly index: number;
}

/** An asset that a task makes. */
export interface TaskOutput {
  /** The n of `JobOutputAsset(n)`. */
  readonly index: number;
  readonly assetName: string | null;
  readonly options: number;
  readonly formatOption: number;
  readonly storageAccountName: string | null;
}

/** What a task's body says. */
export interface TaskBody {
  readonly inputs: readonly TaskInput[];
  readonly outputs: readonly TaskOutput[];
}

/** Characters that a task's body may have. */
export const MAX_TASK_BODY_LENGTH = 100_000;

/** Assets of one task, in and out (Media Services v2, "Quotas and limitations"). */
export const MAX_ASSETS_PER_TASK = 50;

type XmlAsset =
  string | { readonly "#text"?: string; readonly [attribute: string]: string | undefined };

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseTagValue: false,
  parseAttributeValue: false,
  isArray: (name) => name === "inputAsset" || name === "outputAsset",
});

/**
 * Reads a task's body (Media Services v2, "Task entity", TaskBody).
 *
 * @throws InvalidInputError saying what is wrong with it.
 */
export function parseTaskBody(xml: string): TaskBody {
  if (xml.length > MAX_TASK_BODY_LENGTH) {
    throw new InvalidInputError(`TaskBody may have at most ${MAX_TASK_BODY_LENGTH} characters`);
  }
  const { inputAsset = [], outputAsset = [] } = rootOf(xml);
  if (inputAsset.length === 0 || outputAsset.length === 0) {
    throw new InvalidInputError("TaskBody must have at least one inputAsset and one outputAsset");
  }
  if (inputAsset.length + outputAsset.length > MAX_ASSETS_PER_TASK) {
    throw new InvalidInputError(`A task may have at most ${MAX_ASSETS_PER_TASK} assets`);
  }
  return { inputs: inputAsset.map(readInput), outputs: outputAsset.map(readOutput) };
}

function rootOf(xml: string): { inputAsset?: XmlAsset[]; outputAsset?: XmlAsset[] } {
  // A declaration says utf-16 where the text has long been something else, so it is left out. Nothing in
  // a task's body needs a DOCTYPE, and what one can do to a parser is not worth finding out.
  const text = xml.replace(/^\uFEFF?\s*<\?xml[^>]*\?>/, "").trim();
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) {
    throw new InvalidInputError("TaskBody must not have a DOCTYPE");
  }
  const root = parseXml(text)["taskBody"];
  if (typeof root !== "object" || root === null) {
    throw new InvalidInputError("TaskBody must be a taskBody element with assets in it");
  }
  return root;
}

function parseXml(text: string): Record<string, unknown> {
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- unchecked, a cut-off body would pass
    return parser.parse(text, true) as Record<string, unknown>;
  } catch (cause) {
    throw new InvalidInputError(`TaskBody is not XML: ${(cause as Error).message}`, { cause });
  }
}

function readInput(element: XmlAsset): TaskInput {
  const match = /^Job(Input|Output)Asset\((\d{1,3})\)$/.exec(textOf(element));
  if (match === null) {
    throw new InvalidInputError(`TaskBody: '${textOf(element).slice(0, 100)}' is no input asset`);
  }
  return { from: `Job${match[1] as "Input" | "Output"}Asset`, index: Number(match[2]) };
}

function readOutput(element: XmlAsset): TaskOutput {
  const match = /^JobOutputAsset\((\d{1,3})\)$/.exec(textOf(element));
  if (match === null) {
    throw new InvalidInputError(`TaskBody: '${textOf(element).slice(0, 100)}' is no output asset`);
  }
  return {
    index: Number(match[1]),
    assetName: attribute(element, "assetName"),
    options: numberAttribute(element, "assetCreationOptions"),
    formatOption: numberAttribute(element, "assetFormatOption"),
    storageAccountName: attribute(element, "storageAccountName"),
  };
}

function textOf(element: XmlAsset): string {
  return (typeof element === "string" ? element : (element["#text"] ?? "")).trim();
}

function attribute(element: XmlAsset, name: string): string | null {
  const value = typeof element === "string" ? undefined : element[`@${name}`];
  return value === undefined || value === "" ? null : value;
}

function numberAttribute(element: XmlAsset, name: string): number {
  const text = attribute(element, name) ?? "0";
  if (!/^\d$/.test(text)) {
    throw new InvalidInputError(`TaskBody: ${name} must be a number, got '${text.slice(0, 40)}'`);
  }
  return Number(text);
}
