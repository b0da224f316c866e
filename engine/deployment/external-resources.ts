import { EngineError } from "../errors";
import type { ResourceState } from "../state/resource-state";
import { nameOf } from "../urn";
import { type PropertyMap, UNKNOWN } from "../values/property-value";
import { withSecretOutputs } from "../values/secretness";
import type { ProviderRegistry } from "./provider-registry";
import { type RunContext, timestamp } from "./run-context";

/** A resource that the program only reads. */
export interface ExternalResource {
  urn: string;
  type: string;
  id: string;
  parent: string;
  inputs: PropertyMap;
  /** Empty for the package's default provider. */
  provider: string;
  version: string;
  dependencies: string[];
  additionalSecretOutputs: string[];
}

/** Reads a resource that the stack does not own; returns its properties. */
export async function readExternal(
  context: RunContext,
  providers: ProviderRegistry,
  resource: ExternalResource,
): Promise<PropertyMap> {
  const { urn, type, id, inputs } = resource;
  const { book, ledger, steps } = context;
  context.status.check();
  book.claim(urn);
  if (id === UNKNOWN) return {};
  const provider = resource.provider || (await providers.defaultFor(type, resource.version));
  const state = stateOf(resource, provider);
  const old = book.findOld(urn);
  const source = await providers.byReference(provider);
  await steps.run({ op: "read", state, ...(old === undefined ? {} : { old }) }, async () => {
    const found = await source.read({ urn, id, outputs: inputs });
    if (found.id === "") {
      throw new EngineError("not-found", `${type} '${nameOf(urn)}' with id ${id} does not exist`);
    }
    state.id = found.id;
    if (found.inputs !== undefined) state.inputs = found.inputs;
    state.outputs = withSecretOutputs(found.outputs, resource.additionalSecretOutputs);
    state.created = old?.created ?? timestamp();
    state.modified = old?.modified ?? timestamp();
    if (old?.external === true) {
      book.carry(old, state);
      return;
    }
    book.add(state);
    if (old !== undefined) {
      old.delete = true; // it was the stack's own before
      ledger.changed(old);
    }
  });
  return state.outputs ?? {};
}

function stateOf(resource: ExternalResource, provider: string): ResourceState {
  const { urn, type, id, parent, inputs, dependencies, additionalSecretOutputs } = resource;
  const state: ResourceState = {
    urn,
    type,
    id,
    custom: true,
    external: true,
    inputs,
    provider,
    dependencies,
    additionalSecretOutputs,
  };
  if (parent !== "") state.parent = parent;
  return state;
}
