import { existsSync, readFileSync } from "node:fs";
import type { Sample } from "./apply-rule";
import { applyRules, type PackConfig, type Violation } from "./apply-rules";

/** A step of `pulumi preview --json`, as far as rules look at it. */
interface PlannedStep {
  readonly newState?: {
    readonly urn: string;
    readonly type: string;
    readonly inputs?: Record<string, unknown>;
    readonly outputs?: Record<string, unknown>;
    readonly parent?: string;
    readonly dependencies?: readonly string[];
  };
}

/** How plans write what only the deployment tells. */
const NOT_KNOWN = "[unknown]";

/**
 * `check-plan.ts PLAN [CONFIG]`: applies the policy pack to a plan, for deployers that do not run policy
 * packs. Ends with 1 where a mandatory rule complains.
 */
async function main([planFile, configFile]: readonly string[]): Promise<number> {
  if (planFile === undefined) {
    console.error("usage: check-plan.ts PLAN.json [CONFIG.json]");
    return 2;
  }
  const { steps } = JSON.parse(readFileSync(planFile, "utf8")) as { steps: PlannedStep[] };
  const pack =
    configFile !== undefined && existsSync(configFile)
      ? (JSON.parse(readFileSync(configFile, "utf8")) as PackConfig)
      : {};
  const violations = await applyRules(steps.flatMap(sample), pack);
  console.log("Policies:");
  if (violations.length === 0) console.log("    all kept");
  for (const violation of violations) console.log(line(violation));
  return violations.some(({ level }) => level !== "advisory") ? 1 : 0;
}

function sample({ newState: state }: PlannedStep): Sample[] {
  if (state === undefined) return [];
  return [
    {
      ...{ urn: state.urn, type: state.type, name: state.urn.split("::").at(-1) ?? "" },
      props: known({ ...state.inputs, ...state.outputs }) as Record<string, unknown>,
      after: state.dependencies ?? [],
      ...(state.parent !== undefined && { parent: state.parent }),
    },
  ];
}

function known(value: unknown): unknown {
  if (value === NOT_KNOWN) return undefined;
  if (Array.isArray(value)) return value.map(known);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, known(item)]));
}

function line({ rule, level, message }: Violation): string {
  return `    [${level}] ${rule}: ${message}`;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  },
);
