import { equal } from "../values/property-diff";
import type { PropertyMap } from "../values/property-value";
import { valueText } from "./value-text";

/** The stack's outputs, each with the sign of its change. */
export function outputLines(olds: PropertyMap, news: PropertyMap): string[] {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
  const width = Math.max(0, ...keys.map((key) => key.length));
  return keys.map((key) => {
    const [before, now] = [olds[key], news[key]];
    const name = key.padEnd(width);
    if (now === undefined) return `  - ${name}: ${valueText(before ?? null, "    ")}`;
    const sign = before === undefined ? "+" : equal(before, now) ? " " : "~";
    const isShort = typeof before !== "object" && typeof now !== "object";
    const was = sign === "~" && isShort ? `${valueText(before ?? null)} => ` : "";
    return `  ${sign} ${name}: ${was}${valueText(now, "    ")}`;
  });
}
