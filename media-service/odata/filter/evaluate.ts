import type { Value, WireEntity } from "../edm";
import { FILTER_FUNCTIONS } from "./functions";
import type { Arithmetic, Comparison, FilterNode } from "./nodes";
import { isId } from "./restriction";

/** Whether an entity passes a filter. */
export function matches(filter: FilterNode, entity: WireEntity): boolean {
  return evaluate(filter, entity) === true;
}

/** What `and`-ed equalities with literals ask for: a store may find these by an index. */
export function equalities(filter: FilterNode | undefined): ReadonlyMap<string, Value> {
  const found = new Map<string, Value>();
  const visit = (node: FilterNode): void => {
    if (node.kind === "and") {
      visit(node.left);
      visit(node.right);
    } else if (node.kind === "compare" && node.comparison === "eq") {
      const [left, right] = [node.left, node.right];
      if (left.kind === "property" && right.kind === "literal") found.set(left.name, right.value);
      if (right.kind === "property" && left.kind === "literal") found.set(right.name, left.value);
    }
  };
  if (filter !== undefined) visit(filter);
  return found;
}

function evaluate(node: FilterNode, entity: WireEntity): Value {
  switch (node.kind) {
    case "literal":
      return node.value;
    case "property":
      return (entity[node.name] ?? null) as Value;
    case "call": {
      const args = node.args.map((arg) => evaluate(arg, entity));
      // The parser has seen to it that they are of the function's kinds.
      return args.includes(null)
        ? null
        : (FILTER_FUNCTIONS[node.name]?.call(...(args as never[])) ?? null);
    }
    case "negate":
    case "arithmetic":
      return calculate(node, entity);
    default:
      return isTrue(node, entity);
  }
}

function calculate(
  node: Extract<FilterNode, { kind: "negate" | "arithmetic" }>,
  entity: WireEntity,
): number | null {
  if (node.kind === "negate") {
    const value = evaluate(node.operand, entity);
    return typeof value === "number" ? -value : null;
  }
  const [left, right] = [evaluate(node.left, entity), evaluate(node.right, entity)];
  if (typeof left !== "number" || typeof right !== "number") return null;
  const result = OPERATIONS[node.operation](left, right);
  if (!Number.isFinite(result)) return null;
  return node.isWhole ? Math.trunc(result) : result;
}

const OPERATIONS: Readonly<Record<Arithmetic, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a % b,
};

function isTrue(
  node: Extract<FilterNode, { kind: "not" | "and" | "or" | "compare" }>,
  entity: WireEntity,
): boolean {
  switch (node.kind) {
    case "not":
      return evaluate(node.operand, entity) !== true;
    case "and":
      return evaluate(node.left, entity) === true && evaluate(node.right, entity) === true;
    case "or":
      return evaluate(node.left, entity) === true || evaluate(node.right, entity) === true;
    case "compare": {
      const [left, right] = [evaluate(node.left, entity), evaluate(node.right, entity)];
      return isId(node.left) || isId(node.right)
        ? compare(node.comparison, lowerCase(left), lowerCase(right))
        : compare(node.comparison, left, right);
    }
  }
}

function lowerCase(value: Value): Value {
  return typeof value === "string" ? value.toLowerCase() : value;
}

function compare(comparison: Comparison, left: Value, right: Value): boolean {
  const order = compareValues(left, right);
  if (comparison === "eq") return order === 0;
  if (comparison === "ne") return order !== 0;
  // Null is neither more nor less than anything.
  if (left === null || right === null || order === undefined) return false;
  if (comparison === "gt") return order > 0;
  if (comparison === "ge") return order >= 0;
  return comparison === "lt" ? order < 0 : order <= 0;
}

/** Order of two values, null first; undefined when they can't be compared. */
export function compareValues(left: Value, right: Value): number | undefined {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  const [a, b] = [plain(left), plain(right)];
  if (typeof a !== typeof b) return undefined;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function plain(value: Exclude<Value, null>): string | number {
  if (value instanceof Date) return value.getTime();
  return typeof value === "boolean" ? Number(value) : value;
}
