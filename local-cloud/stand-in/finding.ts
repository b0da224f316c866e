import { isSecret, type Path, type Properties, type Value } from "./properties";

/** Something wrong at one place of a declaration. */
export interface Finding {
  readonly path: Path;
  /** What stands there, where the reason is about it. */
  readonly value?: Value;
  /** Continues the value, or stands alone: `is not a number`, `is required`. */
  readonly reason: string;
  /** The name that was probably meant. */
  readonly meant?: string | undefined;
}

/** One thing that is wrong with a declaration, as the engine is told. */
export interface Problem {
  /** Path of the property, such as `template.containers[0].image`. */
  property: string;
  reason: string;
}

/** An id of Resource Manager is shown whole. */
const shownLetters = 400;

/** Puts a finding into words; secrets among the inputs are not shown. */
export function problemOf(finding: Finding, inputs: Properties): Problem {
  const { path, value, reason, meant } = finding;
  const property = pathText(path);
  const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
  if (value === undefined) return { property, reason: `${reason}${hint}` };
  if (hasSecret(inputs, path)) return { property, reason: `the secret value ${reason}` };
  return { property, reason: `${valueText(value)} ${reason}${hint}` };
}

/** A path as Pulumi writes it. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step.toString()}]`;
    if (!/^[A-Za-z_$][\w$-]*$/.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

function valueText(value: Value): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a map";
  const text = JSON.stringify(value);
  return text.length > shownLetters ? `${text.slice(0, shownLetters)}…` : text;
}

/** Whether a value, or something that holds it, is marked as secret. */
function hasSecret(inputs: Properties, path: Path): boolean {
  let value: Value | undefined = inputs;
  for (const step of path) {
    if (isSecret(value)) return true;
    if (typeof value !== "object" || value === null) return false;
    value = (value as Record<string | number, Value>)[step];
  }
  return isSecret(value);
}
