import * as monitor from "@pulumi/azure-native/monitor";
import * as pulumi from "@pulumi/pulumi";

/** Sends everything that a resource logs and measures to a workspace; without one, nothing. */
export function sendLogs(
  name: string,
  args: { resourceId: pulumi.Input<string>; workspaceId: pulumi.Input<string> | undefined },
  opts: pulumi.CustomResourceOptions,
): void {
  if (args.workspaceId === undefined) return;
  new monitor.DiagnosticSetting(
    `${name}-logs`,
    {
      name: "logs",
      resourceUri: args.resourceId,
      workspaceId: args.workspaceId,
      logs: [{ categoryGroup: "allLogs", enabled: true }],
      metrics: [{ category: "AllMetrics", enabled: true }],
    },
    opts,
  );
}

/**
 * Notes who wrote or deleted a blob. Not who read one: the origin reads for every viewer, and noting
 * that would cost more than the store.
 */
export function sendBlobChanges(
  name: string,
  args: { storageAccountId: pulumi.Input<string>; workspaceId: pulumi.Input<string> | undefined },
  opts: pulumi.CustomResourceOptions,
): void {
  if (args.workspaceId === undefined) return;
  new monitor.DiagnosticSetting(
    `${name}-blob-changes`,
    {
      name: "changes",
      resourceUri: pulumi.interpolate`${args.storageAccountId}/blobServices/default`,
      workspaceId: args.workspaceId,
      logs: ["StorageWrite", "StorageDelete"].map((category) => ({ category, enabled: true })),
    },
    opts,
  );
}
