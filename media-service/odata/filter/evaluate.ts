import { InvalidInputError } from "../../domain/errors";
import type { Value, WireEntity } from "../edm";
import { FILTER_FUNCTIONS } from "./functions";
import type { Comparison, FilterNode } from "./nodes";

/**
 * Whether an entity passes a filter.
 *
 * @throws InvalidInputError when the filter as a whole is no condition.
 */
export function matches(filter: FilterNode, entity: WireEntity): boolean {
  const value = evaluate(filter, entity);
  if (typeof value !== "boolean") {
    throw new InvalidInputError("$filter: the whole must be true or false");
  }
  return value;
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
      return FILTER_FUNCTIONS[node.name]?.call(...args) ?? null;
    }
    default:
      return isTrue(node, entity);
  }
}

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

// An id is the same however its guid is written.
function isId(node: FilterNode): boolean {
  return node.kind === "property" && node.name.endsWith("Id");
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
