import { EngineError } from "../errors";
import type { ResourceState } from "../state/resource-state";
import { equal } from "../values/property-diff";
import type { PropertyMap } from "../values/property-value";
import { carriedMembers, type Goal, stateOfGoal } from "./goal";
import { type RunContext, timestamp } from "./run-context";

/** Registers a component: there is nothing to ask of a provider. */
export function registerComponent({ book, steps }: RunContext, goal: Goal): ResourceState {
  const old = book.findOld(goal.urn, goal.aliases);
  const state = stateOfGoal(goal, goal.inputs);
  if (old === undefined) {
    Object.assign(state, { outputs: {}, created: timestamp(), modified: timestamp() });
    book.add(state);
    steps.tell({ op: "create", state });
    return state;
  }
  const same = equal(old.inputs ?? {}, goal.inputs);
  Object.assign(state, carriedMembers(old), { outputs: old.outputs });
  if (same) Object.assign(state, { inputs: old.inputs });
  else state.modified = timestamp();
  if (same) book.carry(old, state);
  else book.add(state, old);
  steps.tell({ op: same ? "same" : "update", state, old });
  return state;
}

/** Takes the outputs that a component, or the stack, has ended with. */
export function registerOutputs(
  { book, ledger }: RunContext,
  urn: string,
  outputs: PropertyMap,
): void {
  const state = book.get(urn);
  if (state === undefined) {
    throw new EngineError("invalid-input", `outputs for ${urn}, which was never registered`);
  }
  if (equal(state.outputs ?? {}, outputs)) return;
  state.outputs = outputs;
  ledger.changed(state);
}
