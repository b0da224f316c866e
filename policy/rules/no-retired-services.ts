import type { ResourceValidationPolicy } from "@pulumi/policy";
import { property } from "../property";
import { retiredServices } from "../retired-services";

/** A plan that Azure will refuse is stopped before half of it is carried out. */
export const noRetiredServices: ResourceValidationPolicy = {
  name: "no-retired-services",
  description: "No resource is of a service or a SKU that Azure has retired.",
  validateResource: ({ type, props, name }, report) => {
    for (const retired of retiredServices) {
      if (!retired.types.test(type)) continue;
      const sku = property(props, "sku", "name");
      if (retired.skus && !(typeof sku === "string" && retired.skus.test(sku))) continue;
      report(
        `'${name}' is of ${retired.service} retired on ${retired.since}; ${retired.instead}. ${retired.source}`,
      );
    }
  },
};
