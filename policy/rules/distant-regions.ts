import type { StackValidationPolicy } from "@pulumi/policy";
import { property } from "../property";
import { isKnownRegion, regionDistanceKm, shortRegion } from "../region-distance";

/** Azure keeps most of its region pairs at least 300 miles apart: https://learn.microsoft.com/azure/reliability/regions-paired */
const DEFAULT_MINIMUM_KM = 480;

/** One disaster may not take all data centers: two of them at least are far from each other. */
export const distantRegions: StackValidationPolicy = {
  name: "distant-regions",
  description: "Data centers are in two or more regions that are far apart.",
  configSchema: {
    properties: { minimumKilometers: { type: "number", minimum: 0, default: DEFAULT_MINIMUM_KM } },
  },
  validateStack: (stack, report) => {
    const stores = stack.resources.filter(
      ({ type }) => type === "azure-native:storage:StorageAccount",
    );
    if (stores.length === 0) stack.notApplicable("The stack declares no store of a data center.");
    const regions = [...new Set(stores.map(({ props }) => regionOf(props)))];
    const unknown = regions.filter((region) => !isKnownRegion(region));
    for (const region of unknown) {
      report(
        `Where region '${region}' lies is not known here; check its name, or add its place to policy/region-distance.ts.`,
      );
    }
    if (unknown.length > 0) return;
    const minimumKm =
      stack.getConfig<{ minimumKilometers?: number }>().minimumKilometers ?? DEFAULT_MINIMUM_KM;
    const farthestKm = Math.max(0, ...distances(regions));
    if (farthestKm >= minimumKm && regions.length > 1) return;
    report(
      `The data centers are in ${regions.join(", ")}, ${Math.round(farthestKm)} km apart at most; ` +
        `set twinstream:dataCenters to regions of which two are ${minimumKm} km apart or more.`,
    );
  },
};

function regionOf(props: unknown): string {
  const location = property(props, "location");
  return typeof location === "string" ? shortRegion(location) : "(none)";
}

function distances(regions: readonly string[]): number[] {
  return regions.flatMap((from, index) =>
    regions.slice(index + 1).flatMap((to) => regionDistanceKm(from, to) ?? []),
  );
}
