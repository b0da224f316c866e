import type { CustomTimeouts, ResourceState } from "../state/resource-state";
import type { PropertyMap } from "../values/property-value";
import type { ProviderDiff } from "./provider-diff";

/** A resource that is to be made. */
export interface CreateRequest {
  urn: string;
  inputs: PropertyMap;
  timeouts: CustomTimeouts | undefined;
  preview: boolean;
}

/** What a provider made; the id is empty in a preview. */
export interface Created {
  id: string;
  outputs: PropertyMap;
}

/** A resource that is to be changed in place. */
export interface UpdateRequest {
  old: ResourceState;
  inputs: PropertyMap;
  timeouts: CustomTimeouts | undefined;
  ignoreChanges: readonly string[];
  preview: boolean;
}

/** A resource that is to be looked at. */
export interface ReadRequest {
  urn: string;
  id: string;
  /** None for a resource that this stack does not own. */
  inputs?: PropertyMap;
  outputs: PropertyMap;
}

/** What a provider found; the id is empty when there is no such resource. */
export interface ReadResult {
  id: string;
  inputs?: PropertyMap;
  outputs: PropertyMap;
}

/** The answer to a function call; undefined when arguments are not known yet. */
export interface InvokeResult {
  result: PropertyMap;
  failures: { property: string; reason: string }[];
}

/** What makes, changes and removes resources of one package. */
export interface Provider {
  readonly packageName: string;
  checkConfig(urn: string, olds: PropertyMap, news: PropertyMap): Promise<PropertyMap>;
  diffConfig(old: ResourceState, news: PropertyMap): Promise<ProviderDiff>;
  configure(urn: string, id: string, inputs: PropertyMap): Promise<void>;
  check(urn: string, olds: PropertyMap, news: PropertyMap): Promise<PropertyMap>;
  diff(old: ResourceState, news: PropertyMap, ignore: readonly string[]): Promise<ProviderDiff>;
  create(request: CreateRequest): Promise<Created>;
  update(request: UpdateRequest): Promise<PropertyMap>;
  delete(old: ResourceState): Promise<void>;
  read(request: ReadRequest): Promise<ReadResult>;
  invoke(token: string, args: PropertyMap, preview: boolean): Promise<InvokeResult | undefined>;
  close(): void;
}
