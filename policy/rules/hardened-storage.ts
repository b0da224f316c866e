import type { ResourceValidationPolicy } from "@pulumi/policy";
import { property } from "../property";

const SAFE_TLS: readonly unknown[] = ["TLS1_2", "TLS1_3"];

interface HardenedStorageConfig {
  sharedKeyAllowed?: boolean;
}

/** A store is reached by its service alone, encrypted, and with an identity instead of a key. */
export const hardenedStorage: ResourceValidationPolicy = {
  name: "hardened-storage",
  description: "Stores have no public blobs, no old TLS, no plain HTTP and no shared key.",
  configSchema: {
    properties: {
      sharedKeyAllowed: {
        type: "boolean",
        default: false,
        description: "For stacks of one machine, whose stores know no identities.",
      },
    },
  },
  validateResource: (resource, report) => {
    const { type, props, name } = resource;
    if (type !== "azure-native:storage:StorageAccount") return;
    const wrong = (key: string, wanted: string): void => {
      report(`Store '${name}' has ${key} ${shown(property(props, key))}; set it to ${wanted}.`);
    };
    if (property(props, "allowBlobPublicAccess") !== false) wrong("allowBlobPublicAccess", "false");
    if (property(props, "enableHttpsTrafficOnly") !== true) wrong("enableHttpsTrafficOnly", "true");
    if (!SAFE_TLS.includes(property(props, "minimumTlsVersion"))) {
      wrong("minimumTlsVersion", "TLS1_2");
    }
    const { sharedKeyAllowed = false } = resource.getConfig<HardenedStorageConfig>();
    if (property(props, "allowSharedKeyAccess") !== false && !sharedKeyAllowed) {
      wrong("allowSharedKeyAccess", "false, with twinstream:storageAccess identity");
    }
  },
};

function shown(value: unknown): string {
  return value === undefined ? "not set" : JSON.stringify(value);
}
