import type { Value } from "../edm";
import type { Comparison, FilterNode } from "./nodes";

/** What a property has to be for an entity to pass a filter. */
export interface Restriction {
  readonly property: string;
  readonly comparison: Exclude<Comparison, "ne">;
  readonly value: Exclude<Value, null>;
}

const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  ...{ eq: "eq", ne: "ne", gt: "lt", ge: "le", lt: "gt", le: "ge" },
};
const LAST_CHARACTER = 0xffff;

/**
 * What a filter demands of single properties. All of it holds for every entity that passes, so a store
 * may leave out the others; not everything that a filter says can be said this way.
 */
export function restrictionsOf(filter: FilterNode | undefined): readonly Restriction[] {
  if (filter === undefined) return [];
  switch (filter.kind) {
    case "and":
      return [...restrictionsOf(filter.left), ...restrictionsOf(filter.right)];
    case "compare":
      return compared(filter);
    case "call":
      return filter.name === "startswith" ? beginning(filter.args) : [];
    default:
      return [];
  }
}

function compared(node: Extract<FilterNode, { kind: "compare" }>): readonly Restriction[] {
  const { left, right, comparison } = node;
  if (right.kind !== "literal") {
    const isMirrored = left.kind === "literal";
    return isMirrored
      ? compared({ ...node, left: right, right: left, comparison: MIRRORED[comparison] })
      : [];
  }
  // `startswith(Name, 'x') eq true` is how some clients write it.
  if (left.kind === "call") {
    return comparison === "eq" && right.value === true ? restrictionsOf(left) : [];
  }
  if (left.kind !== "property" || right.value === null || comparison === "ne") return [];
  // Ids are equal in any case, so a store's order says nothing about them.
  if (isId(left)) return [];
  return [{ property: left.name, comparison, value: right.value }];
}

function beginning([whole, part]: readonly FilterNode[]): readonly Restriction[] {
  if (whole?.kind !== "property" || part?.kind !== "literal") return [];
  const prefix = part.value;
  if (typeof prefix !== "string" || prefix === "" || isId(whole)) return [];
  const from: Restriction = { property: whole.name, comparison: "ge", value: prefix };
  const last = prefix.charCodeAt(prefix.length - 1);
  if (last >= LAST_CHARACTER) return [from];
  const end = prefix.slice(0, -1) + String.fromCharCode(last + 1);
  return [from, { property: whole.name, comparison: "lt", value: end }];
}

/**
 * Whether a node is a property that holds an entity's id, which is the same however its guid is written.
 * An alternate id is the client's own text.
 */
export function isId(node: FilterNode): boolean {
  return node.kind === "property" && node.name.endsWith("Id") && node.name !== "AlternateId";
}
