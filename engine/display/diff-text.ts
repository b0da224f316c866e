import type { Step } from "../deployment/events";
import type { ResourceState } from "../state/resource-state";
import {
  diffProperties,
  type PathStep,
  type PropertiesDiff,
  type ValueDiff,
} from "../values/property-diff";
import { formatPath, overlaps } from "../values/property-path";
import type { PropertyValue } from "../values/property-value";
import { valueText, visible } from "./value-text";

const SIGN = { add: "+", delete: "-", update: "~", object: "~", array: "~" } as const;

/** How a step's properties change: the inputs, or for a refresh what was found. */
export function stepDiff({ state, old }: Step): PropertiesDiff {
  if (old === undefined || old === state) return new Map();
  const inputs = diffProperties(old.inputs ?? {}, state.inputs ?? {});
  const isFound = inputs.size === 0 && state.id === old.id && state.outputs !== old.outputs;
  return isFound ? diffProperties(old.outputs ?? {}, state.outputs ?? {}) : inputs;
}

/** `[diff: +a,b-c~d]`: the changed properties by name; empty when there are none. */
export function changeSummary(step: Step): string {
  if (step.op !== "update" && step.op !== "replace" && step.op !== "create-replacement") return "";
  const keys = { "+": [] as string[], "-": [] as string[], "~": [] as string[] };
  const diff = stepDiff(step);
  for (const [key, change] of diff) keys[SIGN[change.kind]].push(key);
  if (diff.size === 0) {
    const reported = new Set((step.reported ?? []).map((path) => String(path[0] ?? "")));
    keys["~"].push(...reported);
  }
  const parts = Object.entries(keys).filter(([, names]) => names.length > 0);
  if (parts.length === 0) return "";
  return `[diff: ${parts.map(([sign, names]) => sign + names.join(",")).join("")}]`;
}

/** The changed properties, one a line, nested as they are; `indent` is what each begins with. */
export function diffLines(step: Step, indent: string): string[] {
  const before = step.old;
  if (step.op === "create") return addedLines(step.state, indent);
  if (before === undefined || step.op === "delete" || step.op === "same") return [];
  return membersLines(stepDiff(step), { indent, replaces: step.replaces ?? [], path: [] });
}

function addedLines({ inputs = {} }: ResourceState, indent: string): string[] {
  const members = visible(inputs);
  const width = Math.max(0, ...members.map(([key]) => key.length));
  return members.map(
    ([key, value]) => `${indent}  ${key.padEnd(width)}: ${valueText(value, `${indent}  `)}`,
  );
}

interface Place {
  indent: string;
  replaces: PathStep[][];
  path: PathStep[];
}

function membersLines(members: Iterable<[PathStep, ValueDiff]>, place: Place): string[] {
  const all = [...members];
  const names = all.map(([step]) => (typeof step === "number" ? `[${step}]` : step));
  const width = Math.max(0, ...names.map((name) => name.length));
  return all.flatMap(([step, diff], index) => {
    const path = [...place.path, step];
    const isReplaced = place.replaces.some((other) => overlaps(other, path));
    const sign = isReplaced && diff.kind !== "object" ? "+-" : SIGN[diff.kind];
    const head = `${place.indent}${sign} ${(names[index] ?? "").padEnd(width)}: `;
    return changeLines(head, diff, { ...place, path });
  });
}

function changeLines(head: string, diff: ValueDiff, place: Place): string[] {
  const { indent, path } = place;
  const inner = { ...place, indent: `${indent}    ` };
  const isCode = path[0] === "__provider";
  const shown = (value: PropertyValue): string =>
    isCode ? "[provider code]" : valueText(value, `${indent}  `);
  switch (diff.kind) {
    case "add":
      return [head + shown(diff.news)];
    case "delete":
      return [head + shown(diff.olds)];
    case "update":
      return [`${head}${shown(diff.olds)} => ${shown(diff.news)}`];
    case "object":
      return [`${head}{`, ...membersLines(diff.members, inner), `${indent}  }`];
    case "array":
      return [`${head}[`, ...membersLines(diff.members, inner), `${indent}  ]`];
  }
}

/** The changed paths as text, for machines. */
export function pathTexts(paths: readonly PathStep[][]): string[] {
  return [...new Set(paths.map(formatPath))];
}
