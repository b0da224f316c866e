import type { Value } from "../edm";

/** How two values are compared. */
export type Comparison = "eq" | "ne" | "gt" | "ge" | "lt" | "le";

/** A parsed filter. */
export type FilterNode =
  | { readonly kind: "literal"; readonly value: Value }
  | { readonly kind: "property"; readonly name: string }
  | { readonly kind: "not"; readonly operand: FilterNode }
  | { readonly kind: "and" | "or"; readonly left: FilterNode; readonly right: FilterNode }
  | {
      readonly kind: "compare";
      readonly comparison: Comparison;
      readonly left: FilterNode;
      readonly right: FilterNode;
    }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly FilterNode[] };
