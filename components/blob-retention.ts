import * as storage from "@pulumi/azure-native/storage";
import type * as pulumi from "@pulumi/pulumi";
import type { HostingSettings } from "./settings/hosting";

interface RetentionArgs extends Pick<
  HostingSettings,
  "softDeleteDays" | "keepVersionsDays" | "uploadOrigins"
> {
  resourceGroupName: pulumi.Input<string>;
  accountName: pulumi.Input<string>;
}

/** How long browsers may keep the answer to whether they may ask. */
const corsSeconds = 3_600;

/** Declares what can be had back of blobs, for how long, and whose pages may reach them. */
export function declareBlobRetention(
  name: string,
  args: RetentionArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const scope = { resourceGroupName: args.resourceGroupName, accountName: args.accountName };
  const retention = { enabled: true, days: args.softDeleteDays };
  const service = new storage.BlobServiceProperties(
    `${name}-blobs`,
    {
      ...scope,
      blobServicesName: "default",
      deleteRetentionPolicy: retention,
      containerDeleteRetentionPolicy: retention,
      ...versioning(args),
      cors: { corsRules: corsRules(args.uploadOrigins) },
    },
    opts,
  );
  if (args.keepVersionsDays > 0) declareExpiry(name, args, { ...opts, dependsOn: [service] });
  return service;
}

/**
 * Versions, the list of changes, and setting back, which needs both and reaches a day less far than
 * soft delete. It sets back blobs alone; the entities that tell of them lie in tables.
 * https://learn.microsoft.com/azure/storage/blobs/point-in-time-restore-overview
 */
function versioning({ keepVersionsDays, softDeleteDays }: RetentionArgs) {
  if (keepVersionsDays === 0) return { isVersioningEnabled: false };
  const restoreDays = Math.min(keepVersionsDays, softDeleteDays) - 1;
  return {
    isVersioningEnabled: true,
    changeFeed: { enabled: true, retentionInDays: keepVersionsDays },
    ...(restoreDays > 0 && { restorePolicy: { enabled: true, days: restoreDays } }),
  };
}

/** Players read from the origin; blobs are for pages that upload or fetch by an asset's locator. */
function corsRules(allowedOrigins: string[]) {
  if (allowedOrigins.length === 0) return [];
  const { GET, HEAD, OPTIONS, PUT } = storage.AllowedMethods;
  return [
    {
      allowedOrigins,
      allowedMethods: [GET, HEAD, OPTIONS, PUT],
      allowedHeaders: ["content-type", "range", "x-ms-*"],
      exposedHeaders: ["content-length", "content-range", "etag", "x-ms-*"],
      maxAgeInSeconds: corsSeconds,
    },
  ];
}

/** Earlier versions go by themselves; without this they would be paid for forever. */
function declareExpiry(
  name: string,
  { resourceGroupName, accountName, keepVersionsDays }: RetentionArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  new storage.ManagementPolicy(
    `${name}-expiry`,
    {
      resourceGroupName,
      accountName,
      managementPolicyName: "default",
      policy: {
        rules: [
          {
            name: "expire-earlier-versions",
            type: storage.RuleType.Lifecycle,
            enabled: true,
            definition: {
              filters: { blobTypes: ["blockBlob"] },
              actions: {
                version: { delete: { daysAfterCreationGreaterThan: keepVersionsDays } },
                snapshot: { delete: { daysAfterCreationGreaterThan: keepVersionsDays } },
              },
            },
          },
        ],
      },
    },
    opts,
  );
}
