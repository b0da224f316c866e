import * as monitor from "@pulumi/azure-native/monitor";
import type * as pulumi from "@pulumi/pulumi";
import { declareMetricAlert, limitOf } from "./metric-alert";

/** Viewers' failed requests at Front Door that somebody should look at, in percent. */
const mostFailedPercent = 1;

/** Tells of viewers' requests that failed although Front Door has several data centers to ask. */
export function declareEdgeAlert(
  name: string,
  args: {
    resourceGroupName: pulumi.Input<string>;
    profileId: pulumi.Input<string>;
    actionGroupIds?: pulumi.Input<string>[];
    endpointName: string;
    tags?: Record<string, string>;
  },
  opts: pulumi.CustomResourceOptions,
): void {
  const { resourceGroupName, profileId, actionGroupIds = [], endpointName, tags } = args;
  const alert = {
    ruleName: `${endpointName}-failures`,
    description: `More than ${mostFailedPercent} % of viewers' requests failed in five minutes, whatever data center was asked.`,
    severity: 1,
    scopes: [profileId],
    windowSize: "PT5M" as const,
    criteria: limitOf({
      metricNamespace: "Microsoft.Cdn/profiles",
      metricName: "Percentage5XX",
      aggregation: monitor.AggregationTypeEnum.Average,
      operator: monitor.Operator.GreaterThan,
      threshold: mostFailedPercent,
    }),
  };
  const place = { resourceGroupName, actionGroupIds, ...(tags && { tags }) };
  declareMetricAlert(`${name}-failures`, place, { alert, opts });
}
