import { FilterSyntaxError } from "./filter-syntax-error";

/** What a piece of a filter is. */
export type TokenKind =
  "word" | "string" | "integer" | "number" | "datetime" | "(" | ")" | "," | "-" | "end";

/** A piece of a filter. */
export interface Token {
  readonly kind: TokenKind;
  /** Without the quotes and prefixes of a literal. */
  readonly text: string;
  /** Place in the filter, from 0. */
  readonly position: number;
}

const MAX_LENGTH = 10_000;

// In this order: a datetime begins like a word, and a number may end in the letter of its type.
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ["datetime", /datetime(?:offset)?'([^']*)'/iy],
  ["string", /(?:guid)?'((?:[^']|'')*)'/iy],
  ["integer", /(-?\d+)l?(?![\w.])/iy],
  ["number", /(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)[mdf]?(?![\w.])/iy],
  ["word", /([a-z_][\w/]*)/iy],
  ["(", /(\()/y],
  [")", /(\))/y],
  [",", /(,)/y],
  ["-", /(-)/y],
];

/**
 * Cuts a filter into pieces (OData v3, URI conventions 4.5).
 *
 * @throws FilterSyntaxError with the place of what is no piece of a filter.
 */
export function tokenize(filter: string): Token[] {
  if (filter.length > MAX_LENGTH) {
    throw new FilterSyntaxError(`longer than ${MAX_LENGTH} characters`, MAX_LENGTH);
  }
  const tokens: Token[] = [];
  let position = 0;
  for (;;) {
    while (filter[position] === " " || filter[position] === "\t") position++;
    if (position >= filter.length) break;
    const { token, length } = tokenAt(filter, position);
    tokens.push(token);
    position += length;
  }
  return [...tokens, { kind: "end", text: "", position }];
}

function tokenAt(filter: string, position: number): { token: Token; length: number } {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = position;
    const match = pattern.exec(filter);
    if (match === null) continue;
    const text = kind === "string" ? (match[1] ?? "").replaceAll("''", "'") : (match[1] ?? "");
    return { token: { kind, text, position }, length: match[0].length };
  }
  throw new FilterSyntaxError(`'${filter.slice(position, position + 20)}' not expected`, position);
}
