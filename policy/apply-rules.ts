import type { EnforcementLevel } from "@pulumi/policy";
import { type Sample, violations } from "./apply-rule";
import { rules } from "./rules";

/** A stack's exemptions, in the form of the CLI's `--policy-pack-config`. */
export type PackConfig = Readonly<
  Record<string, EnforcementLevel | { readonly enforcementLevel?: EnforcementLevel }>
>;

/** What a rule complains of. */
export interface Violation {
  readonly rule: string;
  readonly level: EnforcementLevel;
  readonly message: string;
}

/** Applies the whole pack to the resources of a stack. */
export async function applyRules(
  samples: readonly Sample[],
  pack: PackConfig,
): Promise<Violation[]> {
  const all: Violation[] = [];
  for (const rule of rules) {
    const settings = pack[rule.name] ?? {};
    const config = typeof settings === "string" ? { enforcementLevel: settings } : settings;
    const level = config.enforcementLevel ?? "mandatory";
    if (level === "disabled") continue;
    const messages = await violations(rule, samples, config);
    all.push(...messages.map((message) => ({ rule: rule.name, level, message })));
  }
  return all;
}
