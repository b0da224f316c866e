import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import { changedPaths, diffProperties, type PathStep } from "../values/property-diff";
import { parsePath } from "../values/property-path";
import type { PropertyMap } from "../values/property-value";

/** What a change of a resource means to its provider. */
export interface ProviderDiff {
  changed: boolean;
  /** Paths that can't be changed in place. */
  replaces: PathStep[][];
  /** Paths that the provider says differ, beyond those that the inputs show. */
  reported: PathStep[][];
  deleteBeforeReplace: boolean;
}

/** A provider's answer; where it does not say whether anything changed, the inputs are compared. */
export function toProviderDiff(
  response: DiffResponse | undefined,
  olds: PropertyMap,
  news: PropertyMap,
): ProviderDiff {
  const detailed = detailedPaths(response);
  const replacing = detailed.filter(({ replaces }) => replaces).map(({ path }) => path);
  const replaces = [...(response?.getReplacesList() ?? []).map(parsePath), ...replacing];
  const listed = (response?.getDiffsList() ?? []).map(parsePath);
  return {
    changed: replaces.length > 0 || saysChanged(response, olds, news),
    replaces,
    reported: detailed.length > 0 ? detailed.map(({ path }) => path) : listed,
    deleteBeforeReplace: response?.getDeletebeforereplace() === true,
  };
}

function saysChanged(
  response: DiffResponse | undefined,
  olds: PropertyMap,
  news: PropertyMap,
): boolean {
  switch (response?.getChanges()) {
    case DiffResponse.DiffChanges.DIFF_SOME:
      return true;
    case DiffResponse.DiffChanges.DIFF_NONE:
      return false;
    default:
      return changedPaths(diffProperties(olds, news)).length > 0;
  }
}

function detailedPaths(
  response: DiffResponse | undefined,
): { path: PathStep[]; replaces: boolean }[] {
  const { Kind } = PropertyDiff;
  const replacing: PropertyDiff.Kind[] = [
    Kind.ADD_REPLACE,
    Kind.DELETE_REPLACE,
    Kind.UPDATE_REPLACE,
  ];
  const entries = [...(response?.getDetaileddiffMap().entries() ?? [])];
  return entries.map(([path, diff]) => ({
    path: parsePath(path),
    replaces: replacing.includes(diff.getKind()),
  }));
}
