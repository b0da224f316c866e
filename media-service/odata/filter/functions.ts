import type { Value } from "../edm";

/** A function of a filter. */
export interface FilterFunction {
  readonly parameters: number;
  readonly call: (...args: Value[]) => Value;
}

const text = (value: Value | undefined): string =>
  value === null || value === undefined ? "" : String(value);

/** The functions of OData v3's filters that clients of the service use, by lower-case name. */
export const FILTER_FUNCTIONS: Readonly<Record<string, FilterFunction>> = {
  startswith: { parameters: 2, call: (whole, part) => text(whole).startsWith(text(part)) },
  endswith: { parameters: 2, call: (whole, part) => text(whole).endsWith(text(part)) },
  // The part comes first: OData v3, URI conventions 4.5.1.
  substringof: { parameters: 2, call: (part, whole) => text(whole).includes(text(part)) },
  indexof: { parameters: 2, call: (whole, part) => text(whole).indexOf(text(part)) },
  length: { parameters: 1, call: (whole) => text(whole).length },
  tolower: { parameters: 1, call: (whole) => text(whole).toLowerCase() },
  toupper: { parameters: 1, call: (whole) => text(whole).toUpperCase() },
  trim: { parameters: 1, call: (whole) => text(whole).trim() },
};
