import { parseDate } from "../dates";
import type { Value } from "../edm";
import { FilterSyntaxError } from "./filter-syntax-error";
import { FILTER_FUNCTIONS } from "./functions";
import { type Token, type TokenKind, tokenize } from "./lexer";
import type { Comparison, FilterNode } from "./nodes";

const COMPARISONS: readonly string[] = ["eq", "ne", "gt", "ge", "lt", "le"];
const CONSTANTS: Readonly<Record<string, Value>> = { true: true, false: false, null: null };
const MAX_DEPTH = 50;

/**
 * Parses a filter over these properties.
 *
 * @throws FilterSyntaxError with the place of what can't be understood.
 */
export function parseFilter(filter: string, properties: readonly string[]): FilterNode {
  return new FilterParser(tokenize(filter), properties).parse();
}

class FilterParser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly properties: readonly string[],
  ) {}

  parse(): FilterNode {
    const node = this.or();
    this.expect("end");
    return node;
  }

  private or(): FilterNode {
    let left = this.and();
    while (this.skipWord("or")) left = { kind: "or", left, right: this.and() };
    return left;
  }

  private and(): FilterNode {
    let left = this.comparison();
    while (this.skipWord("and")) left = { kind: "and", left, right: this.comparison() };
    return left;
  }

  private comparison(): FilterNode {
    const left = this.operand();
    const word = this.current.kind === "word" ? this.current.text.toLowerCase() : "";
    if (!COMPARISONS.includes(word)) return left;
    this.at++;
    return { kind: "compare", comparison: word as Comparison, left, right: this.operand() };
  }

  private operand(): FilterNode {
    if (++this.depth > MAX_DEPTH) {
      throw new FilterSyntaxError("nested too deeply", this.current.position);
    }
    const node = this.skipWord("not")
      ? ({ kind: "not", operand: this.operand() } as const)
      : this.primary();
    this.depth--;
    return node;
  }

  private primary(): FilterNode {
    const token = this.current;
    this.at++;
    switch (token.kind) {
      case "string":
        return { kind: "literal", value: token.text };
      case "number":
        return { kind: "literal", value: Number(token.text) };
      case "datetime":
        return { kind: "literal", value: dateOf(token) };
      case "(": {
        const inner = this.or();
        this.expect(")");
        return inner;
      }
      case "word":
        return this.current.kind === "(" ? this.call(token) : this.wordOperand(token);
      default:
        throw new FilterSyntaxError(`'${token.text}' not expected`, token.position);
    }
  }

  private wordOperand(token: Token): FilterNode {
    if (Object.hasOwn(CONSTANTS, token.text)) {
      return { kind: "literal", value: CONSTANTS[token.text] ?? null };
    }
    if (!this.properties.includes(token.text)) {
      throw new FilterSyntaxError(`there is no property '${token.text}'`, token.position);
    }
    return { kind: "property", name: token.text };
  }

  private call(token: Token): FilterNode {
    const name = token.text.toLowerCase();
    const definition = Object.hasOwn(FILTER_FUNCTIONS, name) ? FILTER_FUNCTIONS[name] : undefined;
    if (definition === undefined) {
      throw new FilterSyntaxError(`there is no function '${token.text}'`, token.position);
    }
    this.expect("(");
    const args = [this.or()];
    while (this.current.kind === ",") {
      this.at++;
      args.push(this.or());
    }
    this.expect(")");
    if (args.length !== definition.parameters) {
      throw new FilterSyntaxError(
        `'${token.text}' takes ${definition.parameters} arguments`,
        token.position,
      );
    }
    return { kind: "call", name, args };
  }

  private skipWord(word: string): boolean {
    const isThere = this.current.kind === "word" && this.current.text.toLowerCase() === word;
    if (isThere) this.at++;
    return isThere;
  }

  private expect(kind: TokenKind): void {
    const { position, text } = this.current;
    if (this.current.kind !== kind) {
      const wanted = kind === "end" ? "the end" : `'${kind}'`;
      throw new FilterSyntaxError(`expected ${wanted}, found '${text}'`, position);
    }
    this.at++;
  }

  private get current(): Token {
    const token = this.tokens[Math.min(this.at, this.tokens.length - 1)];
    if (token === undefined) throw new Error("The lexer always gives an end");
    return token;
  }
}

function dateOf(token: Token): Date {
  try {
    return parseDate(token.text);
  } catch {
    throw new FilterSyntaxError(`'${token.text}' is not a date`, token.position);
  }
}
