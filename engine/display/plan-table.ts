import type { Step } from "../deployment/events";
import { nameOf } from "../urn";
import { changeSummary, diffLines } from "./diff-text";
import { treeOf } from "./resource-tree";
import { isChange, STEP_WORDS } from "./step-words";

/** What a table shows of a plan. */
export interface PlanTableOptions {
  showSames: boolean;
  /** A row for each step, however many there are. */
  allSteps: boolean;
}

/** More steps of one kind than this share a row, in a plan of more steps than that. */
const ROWS_A_KIND = 20;
const ROWS_IN_FULL = 200;
const NAMED_IN_A_ROW = 3;

/**
 * The steps of a plan as a table: sign, type in its tree, name, plan, changed properties. In a large
 * plan steps that do the same to resources of one type share a row, after all others.
 */
export function planTable(
  steps: readonly Step[],
  { showSames, allSteps }: PlanTableOptions,
): string[] {
  const isWanted = ({ op }: Step): boolean => showSames || isChange(op) || op === "read";
  const kinds = allSteps ? new Map<string, Step[]>() : largeKinds(steps.filter(isWanted));
  const rows = treeOf(steps, (step) => isWanted(step) && !kinds.has(kindOf(step)));
  const cells = rows
    .filter(({ step }) => !kinds.has(kindOf(step)))
    .map(({ step, branch }) => rowOf(step, branch));
  if (cells.length + kinds.size === 0) return [];
  const table = [
    ["", "Type", "Name", "Plan", "Info"],
    ...cells,
    ...[...kinds.values()].map(kindRow),
  ];
  const widths = [2, ...[1, 2, 3].map((column) => widest(table, column))];
  return table.map((row) =>
    ` ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd(),
  );
}

function rowOf(step: Step, branch: string): string[] {
  const { op, state } = step;
  const plan = op === "same" ? "" : op;
  return [STEP_WORDS[op].sign, branch + state.type, nameOf(state.urn), plan, changeSummary(step)];
}

/** `1000 x first, second, third, ...` */
function kindRow(steps: Step[]): string[] {
  const [first] = steps;
  if (first === undefined) return [];
  const names = steps.slice(0, NAMED_IN_A_ROW).map(({ state }) => nameOf(state.urn));
  const [sign = "", type = "", , plan = ""] = rowOf(first, "");
  return [sign, type, `${steps.length} x ${names.join(", ")}, ...`, plan];
}

function largeKinds(steps: readonly Step[]): Map<string, Step[]> {
  const kinds = new Map<string, Step[]>();
  if (steps.length <= ROWS_IN_FULL) return kinds;
  for (const step of steps) {
    const known = kinds.get(kindOf(step));
    if (known === undefined) kinds.set(kindOf(step), [step]);
    else known.push(step);
  }
  return new Map([...kinds].filter(([, members]) => members.length > ROWS_A_KIND));
}

function kindOf({ op, state }: Step): string {
  return `${op} ${state.type}`;
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
