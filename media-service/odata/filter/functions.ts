import type { Value } from "../edm";
import type { Kind } from "./nodes";

/** A function of a filter. */
export interface FilterFunction {
  readonly parameters: readonly Kind[];
  /** How many of the parameters, from the last, may be left out. */
  readonly optional?: number;
  readonly result: Kind;
  /** Called with values of the parameters' kinds only; a null is never given. */
  readonly call: (...args: never[]) => Value;
}

const ofText = (result: Kind, call: (text: string) => Value): FilterFunction => ({
  parameters: ["text"],
  result,
  call,
});
const ofTwo = (result: Kind, call: (a: string, b: string) => Value): FilterFunction => ({
  parameters: ["text", "text"],
  result,
  call,
});
const ofDate = (call: (date: Date) => number): FilterFunction => ({
  parameters: ["date"],
  result: "integer",
  call,
});
const ofNumber = (call: (value: number) => number): FilterFunction => ({
  parameters: ["number"],
  result: "number",
  call,
});

/** The functions of filters (OData v3, URI conventions 4.5.1), by lower-case name. */
export const FILTER_FUNCTIONS: Readonly<Record<string, FilterFunction>> = {
  startswith: ofTwo("boolean", (whole, part) => whole.startsWith(part)),
  endswith: ofTwo("boolean", (whole, part) => whole.endsWith(part)),
  // The part comes first.
  substringof: ofTwo("boolean", (part, whole) => whole.includes(part)),
  indexof: ofTwo("integer", (whole, part) => whole.indexOf(part)),
  concat: ofTwo("text", (a, b) => a + b),
  length: ofText("integer", (text) => text.length),
  tolower: ofText("text", (text) => text.toLowerCase()),
  toupper: ofText("text", (text) => text.toUpperCase()),
  trim: ofText("text", (text) => text.trim()),
  substring: {
    parameters: ["text", "integer", "integer"],
    optional: 1,
    result: "text",
    call: (text: string, start: number, length = Infinity) =>
      text.slice(Math.max(start, 0), Math.max(start, 0) + Math.max(length, 0)),
  },
  replace: {
    parameters: ["text", "text", "text"],
    result: "text",
    call: (text: string, from: string, to: string) => replaced(text, from, to),
  },
  year: ofDate((date) => date.getUTCFullYear()),
  month: ofDate((date) => date.getUTCMonth() + 1),
  day: ofDate((date) => date.getUTCDate()),
  hour: ofDate((date) => date.getUTCHours()),
  minute: ofDate((date) => date.getUTCMinutes()),
  second: ofDate((date) => date.getUTCSeconds()),
  round: ofNumber(Math.round),
  floor: ofNumber(Math.floor),
  ceiling: ofNumber(Math.ceil),
};

const MAX_TEXT_LENGTH = 1_000_000;

// One letter replaced by a long text, again and again, would fill the memory.
function replaced(text: string, from: string, to: string): string | null {
  if (from === "") return text;
  const parts = text.split(from);
  const length = text.length + (parts.length - 1) * (to.length - from.length);
  return length > MAX_TEXT_LENGTH ? null : parts.join(to);
}
