import type { Policies } from "@pulumi/policy";
import { distantRegions } from "./rules/distant-regions";
import { equalLocators } from "./rules/equal-locators";
import { hardenedStorage } from "./rules/hardened-storage";
import { imagesByDigest } from "./rules/images-by-digest";
import { noRetiredServices } from "./rules/no-retired-services";
import { storageSoftDelete } from "./rules/storage-soft-delete";
import { trafficManagerFailover } from "./rules/traffic-manager-failover";

/** Everything that the policy pack asks of a stack. */
export const rules: Policies = [
  distantRegions,
  equalLocators,
  hardenedStorage,
  imagesByDigest,
  noRetiredServices,
  storageSoftDelete,
  trafficManagerFailover,
];
