import { XMLParser } from "fast-xml-parser";
import { CorruptError } from "../../domain/errors";
import { type Cue, cueOf, escapeCueText, inOrder } from "./cue";
import { parseTtmlTime, readClock, type TtmlClock } from "./ttml-time";

/** A TTML document (TTML2, and IMSC's text profile) as far as it can be shown as WebVTT. */
export interface TtmlDocument {
  /** BCP 47; undefined when not told. */
  readonly language: string | undefined;
  readonly cues: readonly Cue[];
}

/** An element or a text, in the order of the document. */
type Node = Readonly<Record<string, unknown>>;

/** From when to when an element can be shown, in milliseconds. */
interface Interval {
  readonly start: number;
  readonly end: number;
}

/** What an element inherits from those around it. */
interface Context {
  readonly shown: Interval;
  readonly clock: TtmlClock;
  readonly depth: number;
}

const MAX_DEPTH = 50;
const ALWAYS: Interval = { start: 0, end: Number.POSITIVE_INFINITY };
const ATTRIBUTES = ":@";
const TEXT = "#text";

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

/**
 * Reads a TTML document: when each paragraph is shown, and its text with its line breaks. Styles and
 * regions are left out.
 *
 * @param shown - What is shown without an end of its own ends with this.
 * @throws CorruptError when it is no TTML, or its times can't be read.
 */
export function parseTtml(xml: string, shown: Interval = ALWAYS): TtmlDocument {
  const root = parseNodes(xml).find((node) => nameOf(node) === "tt");
  if (!root) throw new CorruptError("the text has no <tt> element: it is no TTML");
  const clock = readClock((name) => attributeOf(root, name));
  const whole = { start: 0, end: shown.end };
  const cues = childrenOf(root)
    .filter((node) => nameOf(node) === "body")
    .flatMap((body) => cuesIn(body, within(body, { shown: whole, clock, depth: 0 })));
  const language = attributeOf(root, "lang");
  return { language: language === "" ? undefined : language, cues: inOrder(cues) };
}

function parseNodes(xml: string): Node[] {
  if (xml.includes("<!DOCTYPE")) {
    throw new CorruptError("the XML has a document type, which is not accepted here");
  }
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- unchecked, a cut-off file would pass
    return parser.parse(xml.replace(/^\uFEFF/, ""), true) as Node[];
  } catch (error) {
    throw new CorruptError("the text is not well formed XML", { cause: error });
  }
}

function cuesIn(element: Node, context: Context): (Cue | undefined)[] {
  return childrenOf(element).flatMap((child) => {
    const name = nameOf(child);
    if (name === "div") return cuesIn(child, within(child, context));
    return name === "p" ? paragraphCues(child, within(child, context)) : [];
  });
}

/** A paragraph is one cue, unless parts of it have times of their own. */
function paragraphCues(paragraph: Node, context: Context): (Cue | undefined)[] {
  const timed = childrenOf(paragraph).filter(
    (child) => nameOf(child) === "span" && attributeOf(child, "begin") !== undefined,
  );
  const parts = timed.length > 0 ? timed : [paragraph];
  return parts.map((part) => {
    const { shown } = part === paragraph ? context : within(part, context);
    if (shown.end === Number.POSITIVE_INFINITY) return undefined;
    return cueOf(shown, textOf(part, 0));
  });
}

/** Times count from the parent's beginning, and never reach past its end (TTML2, 12.2). */
function within(element: Node, { shown, clock, depth }: Context): Context {
  if (depth > MAX_DEPTH) throw new CorruptError("the TTML is nested too deeply");
  const time = (name: string, otherwise: number): number => {
    const text = attributeOf(element, name);
    return text === undefined ? otherwise : parseTtmlTime(text, clock);
  };
  const start = shown.start + time("begin", 0);
  const end = Math.min(
    shown.end,
    shown.start + time("end", Number.POSITIVE_INFINITY),
    start + time("dur", Number.POSITIVE_INFINITY),
  );
  return { shown: { start, end }, clock, depth: depth + 1 };
}

function textOf(element: Node, depth: number): string {
  if (depth > MAX_DEPTH) throw new CorruptError("the TTML is nested too deeply");
  return childrenOf(element)
    .map((child) => {
      const text = child[TEXT];
      if (typeof text === "string") return escapeCueText(text.replace(/\s+/g, " "));
      const name = nameOf(child);
      if (name === "br") return "\n";
      return name === "span" ? textOf(child, depth + 1) : "";
    })
    .join("");
}

function nameOf(node: Node): string {
  return Object.keys(node).find((key) => key !== ATTRIBUTES) ?? "";
}

function childrenOf(node: Node): readonly Node[] {
  const children = node[nameOf(node)];
  return Array.isArray(children) ? (children as Node[]) : [];
}

function attributeOf(node: Node, name: string): string | undefined {
  const value = (node[ATTRIBUTES] as Node | undefined)?.[name];
  return typeof value === "string" ? value : undefined;
}
