import type { Alias } from "@pulumi/pulumi/proto/alias_pb";
import { makeUrn, type UrnParts } from "../urn";

/** A resource whose aliases are looked for. */
export interface AliasedResource extends UrnParts {
  urn: string;
  aliases: Alias[];
  /** URNs given whole. */
  aliasUrns: string[];
  /** The URN that its parent had in the checkpoint, when that was another one. */
  formerParent: string | undefined;
}

/** The URNs by which the checkpoint may know a resource, itself left out. */
export function aliasUrnsOf(resource: AliasedResource): string[] {
  const found = [...resource.aliasUrns];
  for (const alias of resource.aliases) found.push(...urnsOf(resource, alias));
  if (resource.formerParent !== undefined) {
    found.push(makeUrn({ ...resource, parent: resource.formerParent }));
  }
  return [...new Set(found)].filter((urn) => urn !== resource.urn);
}

function urnsOf(resource: AliasedResource, alias: Alias): string[] {
  const spec = alias.getSpec();
  if (alias.hasUrn() || spec === undefined) return [alias.getUrn()];
  const parent = spec.getNoparent() ? undefined : spec.getParenturn() || resource.parent;
  const parents = [parent];
  if (parent === resource.parent && resource.formerParent !== undefined) {
    parents.push(resource.formerParent);
  }
  return parents.map((each) =>
    makeUrn({
      stack: spec.getStack() || resource.stack,
      project: spec.getProject() || resource.project,
      type: spec.getType() || resource.type,
      name: spec.getName() || resource.name,
      parent: each,
    }),
  );
}
