import type { PropertyMap } from "../values/property-value";

/** Seconds that a provider may take; 0 or none means its own default. */
export interface CustomTimeouts {
  create?: number;
  update?: number;
  delete?: number;
  read?: number;
}

/**
 * One resource as a checkpoint keeps it (deployment version 3).
 * Source: https://github.com/pulumi/pulumi/blob/master/sdk/go/common/apitype/core.go
 */
export interface ResourceState {
  urn: string;
  /** Made by a provider, in contrast to a component. */
  custom: boolean;
  type: string;
  /** Replaced already, waiting to be deleted. */
  delete?: boolean;
  id?: string;
  inputs?: PropertyMap;
  outputs?: PropertyMap;
  parent?: string;
  protect?: boolean;
  /** Marked by hand to be replaced. */
  taint?: boolean;
  /** Only read, never owned. */
  external?: boolean;
  dependencies?: string[];
  /** What went wrong after the provider had made it. */
  initErrors?: string[];
  /** URN and id of its provider, joined by `::`. */
  provider?: string;
  propertyDependencies?: Record<string, string[]>;
  /** Deleted already, waiting for its replacement. */
  pendingReplacement?: boolean;
  additionalSecretOutputs?: string[];
  customTimeouts?: CustomTimeouts;
  retainOnDelete?: boolean;
  deletedWith?: string;
  created?: string;
  modified?: string;
  ignoreChanges?: string[];
  replaceOnChanges?: string[];
  /** Written by the official CLI only, carried along. */
  sourcePosition?: string;
  stackTrace?: unknown[];
  hideDiff?: unknown[];
  importID?: string;
}

/** What a step was doing when its outcome was not known yet. */
export type OperationType = "creating" | "updating" | "deleting" | "reading" | "importing";

/** A step that had begun and had not ended. */
export interface Operation {
  resource: ResourceState;
  type: OperationType;
}

/** The order in which members are written, so that equal states are equal texts. */
const ORDER = [
  ..."urn custom delete id type inputs outputs parent protect taint external dependencies".split(
    " ",
  ),
  ..."initErrors provider propertyDependencies pendingReplacement".split(" "),
  ..."additionalSecretOutputs customTimeouts importID retainOnDelete deletedWith".split(" "),
  ..."created modified sourcePosition stackTrace ignoreChanges hideDiff replaceOnChanges".split(
    " ",
  ),
];

/** A state without members that say nothing, in the official CLI's order. */
export function pruned(state: ResourceState): ResourceState {
  const rank = (key: string): number => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length);
  const entries = Object.entries(state)
    .filter(([key, value]) => key === "custom" || !isNothing(value))
    .sort(([a], [b]) => rank(a) - rank(b));
  return Object.fromEntries(entries) as unknown as ResourceState;
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === false || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** The state with its properties mapped, as for sealing and opening secrets. */
export function mapProperties(
  state: ResourceState,
  map: (properties: PropertyMap) => PropertyMap,
): ResourceState {
  const result = { ...state };
  if (state.inputs !== undefined) result.inputs = map(state.inputs);
  if (state.outputs !== undefined) result.outputs = map(state.outputs);
  return result;
}
