import { BlockList, isIPv4, isIPv6 } from "node:net";
import { type RuleRequest, ruleVariables } from "./rule-variables";

/** A comparison of one part of a request. */
export interface DeliveryCondition {
  /** Such as `UrlPath`; the names are Front Door's own. */
  variable: string;
  operator: string;
  values: readonly string[];
  negate: boolean;
  transforms: readonly string[];
  /** The header, query parameter or cookie meant by some variables. */
  selector: string;
}

/** Whether a request meets a condition. */
export type Predicate = (request: RuleRequest) => boolean;

/** Whether a text fits the values that an operator was made with. */
type Test = (text: string) => boolean;

/**
 * Makes a condition into something quick: it is asked for every request. One that the edge can't obey
 * is never met.
 */
export function compileCondition(condition: DeliveryCondition): Predicate {
  const read = ruleVariables[condition.variable];
  const makeTest = operators[condition.operator];
  if (read === undefined || makeTest === undefined) return () => false;
  const transform = transformer(condition.transforms);
  const isPath = condition.variable === "UrlPath";
  const isPattern = condition.operator === "RegEx";
  const values = condition.values.map((value) => {
    if (isPattern) return value;
    return transform(isPath ? value.replace(/^\//, "") : value);
  });
  const test = makeTest(values);
  const { selector, negate } = condition;
  return (request) => test(transform(read(request, selector))) !== negate;
}

/** What of a condition the edge can't obey; empty when it obeys all of it. */
export function unobeyedOf({
  variable,
  operator,
  values,
  transforms,
}: DeliveryCondition): string[] {
  return [
    ...(variable in ruleVariables ? [] : [`condition ${variable}`]),
    ...(operator in operators ? [] : [`operator ${operator}`]),
    ...transforms.filter((name) => !(name in transformations)).map((name) => `transform ${name}`),
    ...(operator === "RegEx" ? values.filter((value) => pattern(value) === undefined) : []).map(
      (value) => `the regular expression ${value}, which can't be read,`,
    ),
  ];
}

function anyOf(matches: (text: string, value: string) => boolean): (values: string[]) => Test {
  return (values) => (text) => values.some((value) => matches(text, value));
}

/** Numbers are compared with the length of the text, as Front Door does. */
function byLength(fits: (length: number, limit: number) => boolean): (values: string[]) => Test {
  return anyOf((text, value) => fits(text.length, Number(value)));
}

function byPatterns(make: (value: string) => RegExp | undefined): (values: string[]) => Test {
  return (values) => {
    const patterns = values.map(make).filter((each) => each !== undefined);
    return (text) => patterns.some((each) => each.test(text));
  };
}

const operators: Readonly<Record<string, (values: string[]) => Test>> = {
  Any: () => (text) => text !== "",
  Equal: anyOf((text, value) => text === value),
  Contains: anyOf((text, value) => text.includes(value)),
  BeginsWith: anyOf((text, value) => text.startsWith(value)),
  EndsWith: anyOf((text, value) => text.endsWith(value)),
  LessThan: byLength((length, limit) => length < limit),
  LessThanOrEqual: byLength((length, limit) => length <= limit),
  GreaterThan: byLength((length, limit) => length > limit),
  GreaterThanOrEqual: byLength((length, limit) => length >= limit),
  RegEx: byPatterns(pattern),
  Wildcard: byPatterns(wildcard),
  IPMatch: inNetworks,
};

function pattern(text: string): RegExp | undefined {
  try {
    return new RegExp(text);
  } catch {
    return undefined; // said to the user by unobeyedOf
  }
}

function wildcard(text: string): RegExp {
  const escaped = text.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}$`);
}

/** Addresses and networks such as `10.0.0.0/8`. */
function inNetworks(values: string[]): Test {
  const networks = new BlockList();
  for (const value of values) {
    const [address = "", bits] = value.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (family === "ipv4" && !isIPv4(address)) continue;
    networks.addSubnet(address, Number(bits ?? (family === "ipv6" ? 128 : 32)), family);
  }
  return (text) => networks.check(text, isIPv6(text) ? "ipv6" : "ipv4");
}

const transformations: Readonly<Record<string, (text: string) => string>> = {
  Lowercase: (text) => text.toLowerCase(),
  Uppercase: (text) => text.toUpperCase(),
  Trim: (text) => text.trim(),
  UrlDecode: decoded,
  UrlEncode: (text) => encodeURIComponent(text),
  RemoveNulls: (text) => text.replaceAll("\0", ""),
};

function transformer(names: readonly string[]): (text: string) => string {
  const steps = names.map((name) => transformations[name]).filter((step) => step !== undefined);
  return (text) => steps.reduce((result, step) => step(result), text);
}

/** The decoded text, or the text itself where it isn't encoded as it should be. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a client's mistake; conditions then compare what it sent
  }
}
