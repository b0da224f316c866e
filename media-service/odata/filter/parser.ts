import { parseDate } from "../dates";
import type { PrimitiveType, Value } from "../edm";
import { FilterSyntaxError } from "./filter-syntax-error";
import { FILTER_FUNCTIONS, type FilterFunction } from "./functions";
import { areComparable, kindOfType, requireKind } from "./kinds";
import { type Token, type TokenKind, tokenize } from "./lexer";
import type { Arithmetic, Comparison, FilterNode, Kind } from "./nodes";

/** Types of the properties that a filter may name. */
export type FilterProperties = Readonly<Record<string, PrimitiveType>>;

/** A part of a filter, with what it gives and where it begins. */
interface Part {
  readonly node: FilterNode;
  readonly kind: Kind;
  readonly position: number;
}

const EQUALITY = ["eq", "ne"];
const RELATION = ["gt", "ge", "lt", "le"];
const SUM = ["add", "sub"];
const PRODUCT = ["mul", "div", "mod"];
const CONSTANTS: Readonly<Record<string, Value>> = { true: true, false: false, null: null };
const MAX_DEPTH = 50;

/**
 * Parses a filter over these properties (OData v3, URI conventions 4.5), the weakest operator first.
 *
 * @throws FilterSyntaxError with the place of what can't be understood.
 */
export function parseFilter(filter: string, properties: FilterProperties): FilterNode {
  return new FilterParser(tokenize(filter), properties).parse();
}

class FilterParser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly properties: FilterProperties,
  ) {}

  parse(): FilterNode {
    const whole = this.or();
    this.expect("end");
    if (whole.kind !== "boolean") throw new FilterSyntaxError("true or false is wanted", 0);
    return whole.node;
  }

  private or(): Part {
    return this.logical("or", () => this.and());
  }

  private and(): Part {
    return this.logical("and", () => this.equality());
  }

  private logical(kind: "and" | "or", next: () => Part): Part {
    let left = next();
    while (this.takeWord([kind]) !== undefined) {
      const right = next();
      requireKind(left, "boolean");
      requireKind(right, "boolean");
      left = { ...left, node: { kind, left: left.node, right: right.node } };
    }
    return left;
  }

  private equality(): Part {
    return this.comparison(EQUALITY, () => this.relation());
  }

  private relation(): Part {
    return this.comparison(RELATION, () => this.sum());
  }

  private comparison(words: readonly string[], next: () => Part): Part {
    let left = next();
    for (let word = this.takeWord(words); word !== undefined; word = this.takeWord(words)) {
      const right = next();
      if (!areComparable(left.kind, right.kind)) {
        const problem = `${left.kind} can't be compared with ${right.kind}`;
        throw new FilterSyntaxError(problem, right.position);
      }
      const comparison = word as Comparison;
      const node = { kind: "compare", comparison, left: left.node, right: right.node } as const;
      left = { node, kind: "boolean", position: left.position };
    }
    return left;
  }

  private sum(): Part {
    return this.arithmetic(SUM, () => this.product());
  }

  private product(): Part {
    return this.arithmetic(PRODUCT, () => this.unary());
  }

  private arithmetic(words: readonly string[], next: () => Part): Part {
    let left = next();
    for (let word = this.takeWord(words); word !== undefined; word = this.takeWord(words)) {
      const right = next();
      requireKind(left, "number");
      requireKind(right, "number");
      const isWhole = left.kind === "integer" && right.kind === "integer";
      const operation = word as Arithmetic;
      const operands = { left: left.node, right: right.node };
      const node: FilterNode = { kind: "arithmetic", operation, isWhole, ...operands };
      left = { node, kind: isWhole ? "integer" : "number", position: left.position };
    }
    return left;
  }

  private unary(): Part {
    const { position } = this.current;
    if (++this.depth > MAX_DEPTH) throw new FilterSyntaxError("nested too deeply", position);
    const part = this.negated(position) ?? this.primary();
    this.depth--;
    return part;
  }

  private negated(position: number): Part | undefined {
    const isNot = this.takeWord(["not"]) !== undefined;
    if (!isNot && this.current.kind !== "-") return undefined;
    if (!isNot) this.at++;
    const operand = this.unary();
    requireKind(operand, isNot ? "boolean" : "number");
    const node: FilterNode = { kind: isNot ? "not" : "negate", operand: operand.node };
    return { node, kind: operand.kind, position };
  }

  private primary(): Part {
    const token = this.current;
    this.at++;
    if (token.kind === "(") {
      const inner = this.or();
      this.expect(")");
      return inner;
    }
    if (token.kind === "word") {
      return this.current.kind === "(" ? this.call(token) : this.wordOperand(token);
    }
    return literalPart(token);
  }

  private wordOperand({ text, position }: Token): Part {
    if (Object.hasOwn(CONSTANTS, text)) {
      const value = CONSTANTS[text] ?? null;
      return literal(value, value === null ? "null" : "boolean", position);
    }
    const type = Object.hasOwn(this.properties, text) ? this.properties[text] : undefined;
    if (type === undefined) {
      throw new FilterSyntaxError(`there is no property '${text}'`, position);
    }
    return { node: { kind: "property", name: text }, kind: kindOfType(type), position };
  }

  private call({ text, position }: Token): Part {
    const name = text.toLowerCase();
    const definition = Object.hasOwn(FILTER_FUNCTIONS, name) ? FILTER_FUNCTIONS[name] : undefined;
    if (definition === undefined) {
      throw new FilterSyntaxError(`there is no function '${text}'`, position);
    }
    this.expect("(");
    const args = [this.or()];
    while (this.current.kind === ",") {
      this.at++;
      args.push(this.or());
    }
    this.expect(")");
    checkArguments(definition, args, { text, position });
    const nodes = args.map(({ node }) => node);
    return { node: { kind: "call", name, args: nodes }, kind: definition.result, position };
  }

  private takeWord(words: readonly string[]): string | undefined {
    const word = this.current.kind === "word" ? this.current.text.toLowerCase() : "";
    if (!words.includes(word)) return undefined;
    this.at++;
    return word;
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

function checkArguments(
  { parameters, optional = 0 }: FilterFunction,
  args: readonly Part[],
  { text, position }: Pick<Token, "text" | "position">,
): void {
  if (args.length > parameters.length || args.length < parameters.length - optional) {
    const wanted = optional === 0 ? "" : `${parameters.length - optional} to `;
    throw new FilterSyntaxError(
      `'${text}' takes ${wanted}${parameters.length} arguments`,
      position,
    );
  }
  args.forEach((arg, n) => {
    requireKind(arg, parameters[n] ?? "null");
  });
}

function literalPart(token: Token): Part {
  const { text, position } = token;
  switch (token.kind) {
    case "string":
      return literal(text, "text", position);
    case "integer":
    case "number":
      return literal(numberOf(token), token.kind, position);
    case "datetime":
      return literal(dateOf(token), "date", position);
    default:
      throw new FilterSyntaxError(`'${text}' not expected`, position);
  }
}

function literal(value: Value, kind: Kind, position: number): Part {
  return { node: { kind: "literal", value }, kind, position };
}

function numberOf({ text, position }: Token): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new FilterSyntaxError(`'${text}' is too large`, position);
  return value;
}

function dateOf(token: Token): Date {
  try {
    return parseDate(token.text);
  } catch {
    throw new FilterSyntaxError(`'${token.text}' is not a date`, token.position);
  }
}
