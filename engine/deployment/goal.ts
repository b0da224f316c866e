import type { CustomTimeouts, ResourceState } from "../state/resource-state";
import type { PropertyMap } from "../values/property-value";

/** A resource as the program wants it. */
export interface Goal {
  urn: string;
  type: string;
  custom: boolean;
  parent?: string;
  inputs: PropertyMap;
  /** The provider that the program named; none means the package's default one. */
  provider?: string;
  /** The version of the package that the program was written for. */
  version: string;
  /** URNs by which the checkpoint may know it. */
  aliases: string[];
  protect: boolean;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  additionalSecretOutputs: string[];
  ignoreChanges: string[];
  replaceOnChanges: string[];
  retainOnDelete: boolean;
  deletedWith: string;
  customTimeouts?: CustomTimeouts;
  /** Undefined leaves it to the provider. */
  deleteBeforeReplace?: boolean;
}

/** What a resource's state takes from its goal. */
export function stateOfGoal(goal: Goal, inputs: PropertyMap, provider?: string): ResourceState {
  const state: ResourceState = {
    urn: goal.urn,
    custom: goal.custom,
    type: goal.type,
    inputs,
    protect: goal.protect,
    dependencies: goal.dependencies,
    propertyDependencies: goal.propertyDependencies,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    retainOnDelete: goal.retainOnDelete,
    deletedWith: goal.deletedWith,
    ignoreChanges: goal.ignoreChanges,
    replaceOnChanges: goal.replaceOnChanges,
  };
  if (goal.parent !== undefined) state.parent = goal.parent;
  if (goal.customTimeouts !== undefined) state.customTimeouts = goal.customTimeouts;
  if (provider !== undefined) state.provider = provider;
  return state;
}

/** Members that the official CLI writes and this engine carries along for a resource that goes on. */
export function carriedMembers(old: ResourceState): Partial<ResourceState> {
  const { sourcePosition, stackTrace, hideDiff, importID, created, modified } = old;
  const all = { sourcePosition, stackTrace, hideDiff, importID, created, modified };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
