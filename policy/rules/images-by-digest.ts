import type { ResourceValidationPolicy } from "@pulumi/policy";
import { items, property } from "../property";

const APPS = ["azure-native:app:ContainerApp", "azure-native:app:Job"];
const BY_DIGEST = /@sha256:([0-9a-f]{64})$/;
/** One character over and over: somebody's stand-in for a digest. */
const MADE_UP = /^(.)\1*$/;

/** What was tried in one stack is what runs in the next: a tag can come to mean something else. */
export const imagesByDigest: ResourceValidationPolicy = {
  name: "images-by-digest",
  description: "Container images are named by digest.",
  validateResource: ({ type, props, name }, report) => {
    if (!APPS.includes(type)) return;
    const containers = ["containers", "initContainers"].flatMap((list) =>
      items(props, "template", list),
    );
    for (const container of containers) {
      const image = property(container, "image");
      const digest = typeof image === "string" ? BY_DIGEST.exec(image)?.[1] : undefined;
      if (digest !== undefined && !MADE_UP.test(digest)) continue;
      report(
        `App '${name}' runs image ${JSON.stringify(image ?? null)}, which is not named by the digest of a real image; ` +
          "set twinstream:image to name@sha256:... as the build printed it.",
      );
    }
  },
};
