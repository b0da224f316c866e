import * as monitor from "@pulumi/azure-native/monitor";
import type * as pulumi from "@pulumi/pulumi";

/** Where alerts of a data center are kept, and who is told. */
export interface AlertPlace {
  resourceGroupName: pulumi.Input<string>;
  /** Resource ids of action groups; without any there are no alerts. */
  actionGroupIds: pulumi.Input<string>[];
  tags?: Record<string, string>;
}

/** What somebody is told of. */
interface Alert {
  ruleName: string;
  description: pulumi.Input<string>;
  /** 0 is the most severe, 4 the least. */
  severity: number;
  scopes: pulumi.Input<string>[];
  criteria: monitor.MetricAlertArgs["criteria"];
  /** What is looked at, as an ISO 8601 duration. */
  windowSize: "PT5M" | "PT1H";
}

/** A measure that passes a limit. */
interface MetricLimit {
  metricNamespace: "Microsoft.App/containerApps" | "Microsoft.Cdn/profiles";
  metricName: string;
  aggregation: monitor.AggregationTypeEnum;
  operator: monitor.Operator;
  threshold: number;
  statusCategory?: "5xx";
}

/** Tells somebody when a measure passes a limit, and when it is well again; nobody where nobody is to be told. */
export function declareMetricAlert(
  name: string,
  { actionGroupIds, ...place }: AlertPlace,
  { alert, opts }: { alert: Alert; opts: pulumi.CustomResourceOptions },
): void {
  if (actionGroupIds.length === 0) return;
  new monitor.MetricAlert(
    name,
    {
      ...place,
      ...alert,
      location: "global",
      enabled: true,
      autoMitigate: true,
      evaluationFrequency: alert.windowSize === "PT5M" ? "PT1M" : "PT5M",
      actions: actionGroupIds.map((actionGroupId) => ({ actionGroupId })),
    },
    opts,
  );
}

/** The criteria of one measure. */
export function limitOf(limit: MetricLimit): Alert["criteria"] {
  const { aggregation, statusCategory, ...measure } = limit;
  return {
    odataType: "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
    allOf: [
      {
        criterionType: "StaticThresholdCriterion",
        ...measure,
        name: measure.metricName.toLowerCase(),
        timeAggregation: aggregation,
        ...(statusCategory && {
          dimensions: [
            { name: "statusCodeCategory", operator: "Include", values: [statusCategory] },
          ],
        }),
      },
    ],
  };
}
