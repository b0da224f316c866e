import type { Step } from "../deployment/events";

/** A step with how deep it lies, and the branch that is drawn before it. */
export interface TreeRow {
  step: Step;
  branch: string;
  depth: number;
}

/**
 * Steps as a tree by parent, in the order in which they came; steps that are not wanted are left
 * out unless something below them is wanted.
 */
export function treeOf(steps: readonly Step[], isWanted: (step: Step) => boolean): TreeRow[] {
  const byUrn = new Map(steps.map((step) => [step.state.urn, step]));
  const kept = wantedWithAncestors(steps.filter(isWanted), byUrn);
  const children = new Map<string | undefined, Step[]>();
  for (const step of steps) {
    if (!kept.has(step.state.urn)) continue;
    const parent = byUrn.get(step.state.parent ?? "")?.state.urn;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [step]);
    else siblings.push(step);
  }
  return rowsUnder(children, undefined, { indent: "", depth: 0 });
}

function wantedWithAncestors(
  wanted: readonly Step[],
  byUrn: ReadonlyMap<string, Step>,
): Set<string> {
  const kept = new Set<string>();
  for (const step of wanted) {
    let urn: string | undefined = step.state.urn;
    while (urn !== undefined && !kept.has(urn)) {
      kept.add(urn);
      urn = byUrn.get(urn)?.state.parent;
    }
  }
  return kept;
}

function rowsUnder(
  children: ReadonlyMap<string | undefined, Step[]>,
  parent: string | undefined,
  { indent, depth }: { indent: string; depth: number },
): TreeRow[] {
  const steps = children.get(parent) ?? [];
  const seen = new Set<string>();
  return steps.flatMap((step, index) => {
    const isLast = index === steps.length - 1;
    const branch = depth === 0 ? "" : indent + (isLast ? "└─ " : "├─ ");
    const row = { step, branch, depth };
    const { urn } = step.state;
    if (seen.has(urn)) return [row]; // the second step of a replacement: its children are shown
    seen.add(urn);
    const below = depth === 0 ? "" : indent + (isLast ? "   " : "│  ");
    return [row, ...rowsUnder(children, urn, { indent: below, depth: depth + 1 })];
  });
}
