import type { Value } from "../edm";

/** How two values are compared. */
export type Comparison = "eq" | "ne" | "gt" | "ge" | "lt" | "le";

/** How a number is made of two. */
export type Arithmetic = "add" | "sub" | "mul" | "div" | "mod";

/** What a part of a filter gives; `null` is the literal, which goes with everything. */
export type Kind = "text" | "integer" | "number" | "boolean" | "date" | "null";

/** A parsed filter. */
export type FilterNode =
  | { readonly kind: "literal"; readonly value: Value }
  | { readonly kind: "property"; readonly name: string }
  | { readonly kind: "not"; readonly operand: FilterNode }
  | { readonly kind: "negate"; readonly operand: FilterNode }
  | { readonly kind: "and"; readonly left: FilterNode; readonly right: FilterNode }
  | { readonly kind: "or"; readonly left: FilterNode; readonly right: FilterNode }
  | {
      readonly kind: "compare";
      readonly comparison: Comparison;
      readonly left: FilterNode;
      readonly right: FilterNode;
    }
  | {
      readonly kind: "arithmetic";
      readonly operation: Arithmetic;
      /** Whether both are whole numbers, so that a quotient is one, too. */
      readonly isWhole: boolean;
      readonly left: FilterNode;
      readonly right: FilterNode;
    }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly FilterNode[] };
