import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { knownProperty } from "../property";

const DEFAULT_MINIMUM_DAYS = 7;
const RETENTIONS = ["deleteRetentionPolicy", "containerDeleteRetentionPolicy"];

/** Blobs and containers that someone deletes by mistake can be had back. */
export const storageSoftDelete: StackValidationPolicy = {
  name: "storage-soft-delete",
  description: "Deleted blobs and containers of every store can be restored for some days.",
  configSchema: {
    properties: {
      minimumDays: { type: "integer", minimum: 1, maximum: 365, default: DEFAULT_MINIMUM_DAYS },
    },
  },
  validateStack: (stack, report) => {
    const { resources } = stack;
    const minimumDays =
      stack.getConfig<{ minimumDays?: number }>().minimumDays ?? DEFAULT_MINIMUM_DAYS;
    const services = resources.filter(
      ({ type }) => type === "azure-native:storage:BlobServiceProperties",
    );
    for (const store of resources) {
      if (store.type !== "azure-native:storage:StorageAccount") continue;
      const service = services.find((candidate) => belongsTo(candidate, store));
      for (const retention of RETENTIONS) {
        const days = service && daysOf(service, retention);
        if (days !== undefined && days >= minimumDays) continue;
        report(
          `Store '${store.name}' keeps what is deleted ${days ?? 0} days by ${retention}; ` +
            `enable it in its BlobServiceProperties for ${minimumDays} days or more (twinstream:softDeleteDays).`,
          store.urn,
        );
      }
    }
  },
};

// The store's name is not known yet when it is first previewed; that it depends on the store is.
function belongsTo(service: PolicyResource, store: PolicyResource): boolean {
  const named = knownProperty(service.props, "accountName");
  return named === undefined
    ? service.dependencies.includes(store)
    : named === knownProperty(store.props, "accountName") ||
        named === knownProperty(store.props, "name");
}

function daysOf(service: PolicyResource, retention: string): number | undefined {
  if (knownProperty(service.props, retention, "enabled") !== true) return undefined;
  const days = knownProperty(service.props, retention, "days");
  return typeof days === "number" ? days : undefined;
}
