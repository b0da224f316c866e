import * as monitor from "@pulumi/azure-native/monitor";
import type * as pulumi from "@pulumi/pulumi";

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
