import { InitError } from "../providers/provider-errors";
import type { ReadResult } from "../providers/provider";
import type { ResourceState } from "../state/resource-state";
import { isProviderType } from "../urn";
import { equal } from "../values/property-diff";
import { withSecretOutputs } from "../values/secretness";
import type { ProviderRegistry } from "./provider-registry";
import { type RunContext, timestamp } from "./run-context";

/** Looks at every resource and takes into the state what is really there. */
export async function refreshResources(
  context: RunContext,
  providers: ProviderRegistry,
): Promise<void> {
  const { ledger, status } = context;
  const states = ledger.unsettled().filter(isReadable);
  await Promise.all(
    states.map(async (state) => {
      try {
        await refreshOne(context, providers, state);
      } catch (error) {
        status.fail(error, state.urn);
      }
    }),
  );
  forgetMissing(context);
}

function isReadable(state: ResourceState): boolean {
  return (
    state.custom &&
    !isProviderType(state.type) &&
    state.delete !== true &&
    state.pendingReplacement !== true
  );
}

async function refreshOne(
  context: RunContext,
  providers: ProviderRegistry,
  state: ResourceState,
): Promise<void> {
  const provider = await providers.byReference(state.provider ?? "");
  const { urn, id = "", inputs = {}, outputs = {} } = state;
  const request = { urn, id, outputs, ...(state.external === true ? {} : { inputs }) };
  const before = { ...state };
  try {
    const found = await context.steps.limited(() => provider.read(request));
    take(context, { state, before, found });
  } catch (error) {
    if (!(error instanceof InitError)) throw error;
    take(context, { state, before, found: error });
    state.initErrors = error.reasons;
    context.events.diagnostic({ severity: "warning", text: error.message, urn });
  }
}

function take(
  { ledger, steps }: RunContext,
  { state, before, found }: { state: ResourceState; before: ResourceState; found: ReadResult },
): void {
  if (found.id === "") {
    ledger.drop(state);
    steps.tell({ op: "delete", state: before, old: before });
    return;
  }
  const { inputs: olds = {}, outputs: oldOutputs = {} } = state;
  const outputs = withSecretOutputs(found.outputs, state.additionalSecretOutputs);
  const inputs = found.inputs ?? olds;
  const changed = found.id !== state.id || !equal(outputs, oldOutputs);
  if (changed || !equal(inputs, olds) || state.initErrors !== undefined) {
    Object.assign(state, { id: found.id, outputs, inputs, modified: timestamp() });
    delete state.initErrors;
    ledger.changed(state);
  }
  steps.tell({ op: changed ? "update" : "same", state, old: before });
}

/** Takes references to resources that are gone out of those that are left. */
function forgetMissing({ ledger }: RunContext): void {
  const left = ledger.unsettled();
  const urns = new Set(left.map(({ urn }) => urn));
  for (const state of left) {
    if (referencesOf(state).every((urn) => urns.has(urn))) continue;
    forgetIn(state, (urn) => urns.has(urn));
    ledger.changed(state);
  }
}

function referencesOf({
  dependencies = [],
  propertyDependencies = {},
  parent = "",
  deletedWith = "",
}: ResourceState): string[] {
  const all = [...dependencies, ...Object.values(propertyDependencies).flat(), parent, deletedWith];
  return all.filter((urn) => urn !== "");
}

function forgetIn(state: ResourceState, isLeft: (urn: string) => boolean): void {
  const { dependencies = [], propertyDependencies = {}, parent = "", deletedWith = "" } = state;
  state.dependencies = dependencies.filter(isLeft);
  state.propertyDependencies = Object.fromEntries(
    Object.entries(propertyDependencies).map(([key, list]) => [key, list.filter(isLeft)]),
  );
  if (!isLeft(parent)) delete state.parent;
  if (!isLeft(deletedWith)) delete state.deletedWith;
}
