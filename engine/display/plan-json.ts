import type { Step } from "../deployment/events";
import type { ResourceState } from "../state/resource-state";
import { changedPaths } from "../values/property-diff";
import type { PropertyMap } from "../values/property-value";
import { pathTexts, stepDiff } from "./diff-text";
import type { RunDisplay } from "./run-display";
import { plainValue } from "./value-text";

/** A plan for machines, in the shape of the official CLI's `preview --json`; secrets are masked. */
export function planJson({ steps, diagnostics }: RunDisplay, durationMs: number): string {
  const changeSummary: Record<string, number> = {};
  for (const { op } of steps) changeSummary[op] = (changeSummary[op] ?? 0) + 1;
  const plan = {
    steps: steps.map(stepJson),
    diagnostics: diagnostics.map(({ severity, text, urn }) => ({ urn, message: text, severity })),
    duration: durationMs * 1_000_000, // nanoseconds, as the official CLI has it
    changeSummary,
  };
  return JSON.stringify(plan, undefined, 2);
}

function stepJson(step: Step): object {
  const { op, state, old, replaces = [] } = step;
  return {
    op,
    urn: state.urn,
    ...(state.provider === undefined ? {} : { provider: state.provider }),
    ...(old === undefined ? {} : { oldState: stateJson(old) }),
    ...(op === "delete" ? {} : { newState: stateJson(state) }),
    diffReasons: pathTexts(changedPaths(stepDiff(step))),
    replaceReasons: pathTexts(replaces),
  };
}

function stateJson({ inputs, outputs, ...rest }: ResourceState): object {
  return { ...rest, inputs: masked(inputs), outputs: masked(outputs) };
}

function masked(properties: PropertyMap | undefined): unknown {
  return properties === undefined ? undefined : plainValue(properties, false);
}
