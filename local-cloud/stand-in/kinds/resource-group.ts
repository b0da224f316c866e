import { type ResourceKind, subscriptionId } from "./resource-kind";

/** A resource group: a name and a place; the things in it are made by their own kinds. */
export const resourceGroup: ResourceKind = {
  declaration: {
    token: "azure-native:resources:ResourceGroup",
    idPattern: `/subscriptions/${subscriptionId}/resourceGroups/{resourceGroupName}`,
    required: ["location"],
    patterns: {
      resourceGroupName: {
        pattern: /^[-\w.()]{0,89}[-\w()]$/u,
        rule: "must be 1 to 90 letters, digits, and - _ . ( ), not ending in a full stop",
      },
    },
    replacedBy: ["location"],
  },
  maker: {
    startOrder: 0,
    computed: ["type"],
    apply: () => Promise.resolve({ outputs: { type: "Microsoft.Resources/resourceGroups" } }),
    remove: () => Promise.resolve(),
  },
};
