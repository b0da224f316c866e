import type { Step } from "../deployment/events";
import { nameOf } from "../urn";
import { changeSummary, diffLines } from "./diff-text";
import { treeOf } from "./resource-tree";
import { isChange, STEP_WORDS } from "./step-words";

/** The steps of a plan as a table: sign, type in its tree, name, plan, changed properties. */
export function planTable(steps: readonly Step[], showSames: boolean): string[] {
  const rows = treeOf(steps, ({ op }) => showSames || isChange(op) || op === "read");
  if (rows.length === 0) return [];
  const cells = rows.map(({ step, branch }) => [
    STEP_WORDS[step.op].sign,
    branch + step.state.type,
    nameOf(step.state.urn),
    step.op === "same" ? "" : step.op,
    changeSummary(step),
  ]);
  const table = [["", "Type", "Name", "Plan", "Info"], ...cells];
  const widths = [2, ...[1, 2, 3].map((column) => widest(table, column))];
  return table.map((row) =>
    ` ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd(),
  );
}

function widest(rows: string[][], column: number): number {
  return Math.max(...rows.map((row) => row[column]?.length ?? 0));
}

/** The steps of a plan with every property that changes. */
export function planDetails(steps: readonly Step[]): string[] {
  return treeOf(steps, ({ op }) => isChange(op)).flatMap(({ step, depth }) => {
    const indent = "    ".repeat(depth);
    const { id, urn, type } = step.state;
    const head = `${indent}${STEP_WORDS[step.op].sign.padStart(1)} ${type}: (${step.op})`;
    return [
      head,
      ...(id !== undefined && step.op !== "create" ? [`${indent}    [id=${id}]`] : []),
      `${indent}    [urn=${urn}]`,
      ...diffLines(step, `${indent}  `),
    ];
  });
}
