import { inResourceGroup, type ResourceKind } from "./resource-kind";

const accountPattern = "Microsoft.Storage/storageAccounts/{accountName}";

/**
 * Settings of an account that Azurite doesn't know (it restores nothing that was deleted): checked
 * and recorded.
 */
export const storageSettingsKinds: readonly ResourceKind[] = [
  {
    declaration: {
      token: "azure-native:storage:BlobServiceProperties",
      idPattern: inResourceGroup(`${accountPattern}/blobServices/{blobServicesName}`),
      choices: { blobServicesName: ["default"] },
      ranges: {
        "deleteRetentionPolicy.days": [1, 365],
        "containerDeleteRetentionPolicy.days": [1, 365],
        "changeFeed.retentionInDays": [1, 146_000],
      },
      autoName: () => "default",
    },
  },
  {
    declaration: {
      token: "azure-native:storage:ManagementPolicy",
      idPattern: inResourceGroup(`${accountPattern}/managementPolicies/{managementPolicyName}`),
      choices: {
        managementPolicyName: ["default"],
        "policy.rules[].definition.filters.blobTypes[]": ["blockBlob", "appendBlob"],
      },
      autoName: () => "default",
    },
  },
];
