import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { knownProperty } from "../property";

const LOCATOR = "pulumi-nodejs:dynamic/twinstream:StreamingLocator";

/** A video's path is the same on every host and lapses everywhere at once, so that hosts can take over. */
export const equalLocators: StackValidationPolicy = {
  name: "equal-locators",
  description: "A video's locators have one id and one expiry in all data centers.",
  validateStack: ({ resources }, report) => {
    for (const [video, locators] of byVideo(resources)) {
      if (locators.length < 2) {
        report(`Video '${video}' is published in one data center only; replicate it to another.`);
      }
      for (const key of ["locatorId", "expirationDateTime"]) {
        const values = [...new Set(locators.flatMap((locator) => known(locator, key)))];
        if (values.length < 2) continue;
        report(
          `Video '${video}' has locators with different ${key}: ${values.join(", ")}; ` +
            "give the replicas those of the data center that encodes it.",
        );
      }
    }
  },
};

function byVideo(resources: readonly PolicyResource[]): Map<string, PolicyResource[]> {
  const videos = new Map<string, PolicyResource[]>();
  for (const locator of resources) {
    if (locator.type !== LOCATOR) continue;
    const video = locator.parent?.name ?? locator.name;
    videos.set(video, [...(videos.get(video) ?? []), locator]);
  }
  return videos;
}

/** None before the first deployment, when the account has not given the id yet. */
function known({ props }: PolicyResource, key: string): string[] {
  const value = knownProperty(props, key);
  if (typeof value !== "string") return [];
  const time = key === "locatorId" ? NaN : Date.parse(value);
  return [Number.isNaN(time) ? value : new Date(time).toISOString()];
}
