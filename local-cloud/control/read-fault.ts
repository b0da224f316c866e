import type { NetworkFault } from "../ingress/network-fault";
import { type Fault, processActions } from "./faults";

/** A fault was asked for that doesn't exist; the message says what is allowed. */
export class BadFaultError extends Error {
  override name = "BadFaultError";
}

type Fields = Readonly<Record<string, unknown>>;

const networkActions = ["slow", "fail", "hang", "cut", "restore"] as const;
const allParts = ["service", "store", "network"] as const;
/** A day; longer delays overflow nothing, but are somebody's mistake. */
const maxLatencyMs = 86_400_000;

/**
 * Reads what is to be done to which part of a data center.
 *
 * @throws BadFaultError naming the field, its value and what is allowed.
 */
export function readFault(body: unknown): Fault {
  if (typeof body !== "object" || body === null) {
    throw new BadFaultError("send a JSON object such as {target, what, action}");
  }
  const fields = body as Fields;
  const { target } = fields;
  if (typeof target !== "string") {
    throw new BadFaultError(`target must be the name of a data center, got ${shown(target)}`);
  }
  const what = oneOf(fields, "what", allParts);
  if (what === "network") return { target, what, fault: readNetworkFault(fields) };
  requireOnly(fields, []);
  return { target, what, action: oneOf(fields, "action", processActions) };
}

function readNetworkFault(fields: Fields): NetworkFault | undefined {
  const action = oneOf(fields, "action", networkActions);
  switch (action) {
    case "slow":
      requireOnly(fields, ["latencyMs"]);
      return { action, latencyMs: wholeNumber(fields, "latencyMs", [0, maxLatencyMs]) };
    case "cut":
      requireOnly(fields, ["afterBytes"]);
      return {
        action,
        afterBytes: wholeNumber(fields, "afterBytes", [0, Number.MAX_SAFE_INTEGER]),
      };
    case "fail":
      requireOnly(fields, ["status", "paths"]);
      return { action, status: wholeNumber(fields, "status", [500, 599]), ...readPaths(fields) };
    case "hang":
      requireOnly(fields, []);
      return { action };
    case "restore":
      requireOnly(fields, []);
      return undefined;
  }
}

function readPaths({ paths }: Fields): { paths?: string } {
  if (paths === undefined) return {};
  if (typeof paths !== "string") {
    throw new BadFaultError(`paths must be a regular expression as text, got ${shown(paths)}`);
  }
  try {
    new RegExp(paths);
  } catch (error) {
    throw new BadFaultError(`paths can't be read: ${error instanceof Error ? error.message : ""}`);
  }
  return { paths };
}

function oneOf<T extends string>(fields: Fields, name: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === fields[name]);
  if (found !== undefined) return found;
  throw new BadFaultError(
    `${name} must be one of ${allowed.join(", ")}, got ${shown(fields[name])}`,
  );
}

function wholeNumber(
  fields: Fields,
  name: string,
  [smallest, largest]: readonly [number, number],
): number {
  const value = fields[name];
  if (Number.isInteger(value) && Number(value) >= smallest && Number(value) <= largest) {
    return Number(value);
  }
  throw new BadFaultError(
    `${name} must be a whole number from ${smallest} to ${largest}, got ${shown(value)}`,
  );
}

/** A field that means nothing is a mistake about the fault, so it isn't passed over. */
function requireOnly(fields: Fields, allowed: readonly string[]): void {
  const known = new Set(["target", "what", "action", ...allowed]);
  const other = Object.keys(fields).find((name) => !known.has(name));
  if (other === undefined) return;
  throw new BadFaultError(`${other} means nothing to this action of this part; leave it out`);
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
