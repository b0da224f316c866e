import { loopback } from "../../storage/port-book";
import { inResourceGroup, type ResourceKind } from "./resource-kind";

/** A Container Apps environment: on one machine, the machine itself. */
export const managedEnvironment: ResourceKind = {
  declaration: {
    token: "azure-native:app:ManagedEnvironment",
    idPattern: inResourceGroup("Microsoft.App/managedEnvironments/{environmentName}"),
    choices: {
      "appLogsConfiguration.destination": ["log-analytics", "azure-monitor", "none"],
    },
    patterns: {
      environmentName: {
        pattern: /^[A-Za-z](?:-?[A-Za-z0-9]){0,59}$/,
        rule: "must be up to 60 letters, digits and single hyphens, beginning with a letter",
      },
    },
    replacedBy: ["location", "zoneRedundant", "vnetConfiguration"],
  },
  maker: {
    startOrder: 0,
    computed: ["defaultDomain", "staticIp"],
    apply: () => Promise.resolve({ outputs: { defaultDomain: loopback, staticIp: loopback } }),
    remove: () => Promise.resolve(),
  },
};
