import { equal } from "../values/property-diff";
import type { PropertyMap, PropertyValue } from "../values/property-value";
import { valueText } from "./value-text";

/** A list of more items than this is shown by its first few. */
const ITEMS_IN_FULL = 20;
const ITEMS_SHOWN = 3;

/** The stack's outputs, each with the sign of its change. */
export function outputLines(
  olds: PropertyMap,
  news: PropertyMap,
  { allItems }: { allItems: boolean },
): string[] {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
  const width = Math.max(0, ...keys.map((key) => key.length));
  return keys.map((key) => {
    const [before, now] = [olds[key], news[key]];
    const name = key.padEnd(width);
    if (now === undefined) return `  - ${name}: ${valueText(before ?? null, "    ")}`;
    const sign = before === undefined ? "+" : equal(before, now) ? " " : "~";
    const isShort = typeof before !== "object" && typeof now !== "object";
    const was = sign === "~" && isShort ? `${valueText(before ?? null)} => ` : "";
    return `  ${sign} ${name}: ${was}${allItems ? valueText(now, "    ") : shortText(now, key)}`;
  });
}

function shortText(value: PropertyValue, key: string): string {
  if (!Array.isArray(value) || value.length <= ITEMS_IN_FULL) return valueText(value, "    ");
  const first = valueText(value.slice(0, ITEMS_SHOWN), "    ");
  return `${first} and ${value.length - ITEMS_SHOWN} more: \`stack output ${key}\``;
}
