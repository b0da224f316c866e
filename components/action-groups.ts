import * as monitor from "@pulumi/azure-native/monitor";
import type * as pulumi from "@pulumi/pulumi";
import { type Naming, workspaceName } from "./naming";
import type { AlertSettings } from "./settings/alerts";

/** Declares an action group for e-mail addresses, where there are any; answers the ids of all groups. */
export function declareActionGroups(
  name: string,
  args: {
    resourceGroupName: pulumi.Input<string>;
    naming: Naming;
    alerts: AlertSettings;
    tags?: Record<string, string>;
  },
  opts: pulumi.CustomResourceOptions,
): pulumi.Input<string>[] {
  const { resourceGroupName, naming, alerts, tags } = args;
  if (alerts.emails.length === 0) return alerts.actionGroupIds;
  const group = new monitor.ActionGroup(
    `${name}-alerts`,
    {
      resourceGroupName,
      actionGroupName: workspaceName(naming, name),
      // What text messages and e-mails begin with; 12 characters at most.
      groupShortName: name,
      location: "Global",
      enabled: true,
      emailReceivers: alerts.emails.map((emailAddress) => ({
        name: emailAddress,
        emailAddress,
        useCommonAlertSchema: true,
      })),
      ...(tags && { tags }),
    },
    opts,
  );
  return [group.id, ...alerts.actionGroupIds];
}
