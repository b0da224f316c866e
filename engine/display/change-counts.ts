import type { Step } from "../deployment/events";
import { STEP_WORDS } from "./step-words";

/** How many resources a run makes, changes, removes and leaves. */
export function countLines(steps: readonly Step[], preview: boolean): string[] {
  const counts = new Map<string, number>();
  let same = 0;
  for (const { op } of steps) {
    const { sign, counted } = STEP_WORDS[op];
    if (op === "same") same += 1;
    if (counted === undefined) continue;
    const shownSign = op === "create-replacement" ? "+-" : sign;
    const text = `${shownSign} %d ${preview ? counted.plan : counted.past}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const lines = [...counts].map(([text, count]) => `    ${text.replace("%d", String(count))}`);
  return same > 0 ? [...lines, `    ${same} unchanged`] : lines;
}
