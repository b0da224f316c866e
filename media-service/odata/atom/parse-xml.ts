import { InvalidInputError } from "../../domain/errors";
import { type RawAttribute, type RawTag, resolveAttributes, type Scope, splitName } from "./scope";
import type { XmlElement } from "./xml-element";

interface OpenElement {
  readonly tag: RawTag;
  readonly scope: Scope;
  readonly children: XmlElement[];
  text: string;
}

const MAX_DEPTH = 32;
const MAX_ELEMENTS = 100_000;
const XML_SCOPE: Scope = new Map([
  ["", ""],
  ["xml", "http://www.w3.org/XML/1998/namespace"],
]);
const NAMED: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};

const TEXT = /[^<]+/y;
const CDATA = /<!\[CDATA\[([\s\S]*?)\]\]>/y;
const IGNORED = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>/y;
const END_TAG = /<\/([^\s<>/]+)\s*>/y;
const START_TAG =
  /<([^\s<>/=!?"']+)((?:\s+[^\s<>/="']+\s*=\s*(?:"[^"<]*"|'[^'<]*')){0,64})\s*(\/?)>/y;
const ATTRIBUTE = /([^\s<>/="']+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/g;
const REFERENCE = /&(?:#\d{1,7};|#x[0-9A-Fa-f]{1,6};|\w{1,8};)?/g;

/**
 * Reads an XML document as strictly as clients write it: with namespaces and character references, without
 * document types and their entities, and only so deep and so large.
 *
 * @throws InvalidInputError with the place of what is not well formed.
 */
export function parseXml(document: string): XmlElement {
  return new XmlReader(document.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n")).read();
}

class XmlReader {
  private at = 0;
  private elements = 0;
  private readonly open: OpenElement[] = [];
  private root: XmlElement | undefined;

  constructor(private readonly source: string) {}

  read(): XmlElement {
    while (this.at < this.source.length) this.readNext();
    if (this.root === undefined) throw this.malformed("it ends too early");
    return this.root;
  }

  private readNext(): void {
    const isMarkup = this.source[this.at] === "<";
    if (!isMarkup) {
      this.addText(decode(this.take(TEXT)?.[0] ?? "", this));
      return;
    }
    if (this.take(IGNORED) !== undefined) return;
    const cdata = this.take(CDATA);
    const end = cdata === undefined ? this.take(END_TAG) : undefined;
    if (cdata !== undefined) this.addText(cdata[1] ?? "");
    else if (end !== undefined) this.close(end[1] ?? "");
    else this.start();
  }

  private start(): void {
    const match = this.take(START_TAG);
    if (match === undefined || this.root !== undefined) throw this.malformed("no tag is here");
    if (this.open.length >= MAX_DEPTH) throw this.malformed("it is nested too deeply");
    if (++this.elements > MAX_ELEMENTS) throw this.malformed("it has too many elements");
    const [, name = "", attributes = "", isEmpty] = match;
    const outer = this.open.at(-1)?.scope ?? XML_SCOPE;
    const tag = { name, attributes: this.readAttributes(attributes) };
    this.open.push({ tag, scope: scopeOf(tag, outer), children: [], text: "" });
    if (isEmpty === "/") this.close(name);
  }

  private readAttributes(text: string): RawAttribute[] {
    const attributes = [...text.matchAll(ATTRIBUTE)].map(([, name = "", double, single]) => ({
      name,
      value: decode((double ?? single ?? "").replace(/[\n\t]/g, " "), this),
    }));
    if (new Set(attributes.map(({ name }) => name)).size !== attributes.length) {
      throw this.malformed("an attribute is there twice");
    }
    return attributes;
  }

  private close(name: string): void {
    const element = this.open.pop();
    if (element?.tag.name !== name) throw this.malformed(`'${name.slice(0, 60)}' is not open`);
    const done = this.resolve(element);
    const parent = this.open.at(-1);
    if (parent === undefined) this.root = done;
    else parent.children.push(done);
  }

  private resolve({ tag, scope, children, text }: OpenElement): XmlElement {
    const [prefix, name] = splitName(tag.name);
    const namespace = scope.get(prefix);
    const attributes = resolveAttributes(tag.attributes, scope);
    if (namespace === undefined || attributes === undefined) {
      throw this.malformed(`'${tag.name.slice(0, 60)}' uses a prefix that is not declared`);
    }
    return { namespace, name, attributes, children, text };
  }

  private addText(text: string): void {
    const element = this.open.at(-1);
    if (element !== undefined) element.text += text;
    else if (text.trim() !== "") throw this.malformed("text is outside the element");
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.source);
    if (match === null) return undefined;
    this.at += match[0].length;
    return match;
  }

  malformed(why: string): InvalidInputError {
    const line = this.source.slice(0, this.at).split("\n");
    const column = (line.at(-1)?.length ?? 0) + 1;
    return new InvalidInputError(
      `The body is not XML that can be read: ${why}, at line ${line.length}, column ${column}`,
    );
  }
}

function scopeOf(tag: RawTag, outer: Scope): Scope {
  const declared = tag.attributes.flatMap(({ name, value }): [string, string][] => {
    if (name === "xmlns") return [["", value]];
    return name.startsWith("xmlns:") ? [[name.slice("xmlns:".length), value]] : [];
  });
  return declared.length === 0 ? outer : new Map([...outer, ...declared]);
}

function decode(text: string, reader: XmlReader): string {
  if (!text.includes("&")) return text;
  return text.replace(REFERENCE, (reference) => {
    const character = characterOf(reference.slice(1, -1));
    if (character === undefined) throw reader.malformed("it has an entity that is not declared");
    return character;
  });
}

// `lt`, `#13` or `#xD`.
function characterOf(name: string): string | undefined {
  if (!name.startsWith("#")) return Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  const isHexadecimal = name.startsWith("#x");
  const code = Number.parseInt(name.slice(isHexadecimal ? 2 : 1), isHexadecimal ? 16 : 10);
  return isCharacter(code) ? String.fromCodePoint(code) : undefined;
}

// XML 1.0, 2.2.
function isCharacter(code: number): boolean {
  const isControl = code < 0x20 && code !== 0x9 && code !== 0xa && code !== 0xd;
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return code <= 0x10ffff && !isControl && !isSurrogate && code !== 0xfffe && code !== 0xffff;
}
