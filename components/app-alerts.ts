import * as monitor from "@pulumi/azure-native/monitor";
import type * as pulumi from "@pulumi/pulumi";
import { type AlertPlace, declareMetricAlert, limitOf } from "./metric-alert";

const metricNamespace = "Microsoft.App/containerApps";

/** More failed answers in five minutes than a restart or a viewer's odd request makes. */
const mostFailures = 20;

/** What a data center's apps are watched by. */
export interface AppAlertsArgs extends AlertPlace {
  viewersApp: { name: string; id: pulumi.Input<string> };
  /** The app that encodes, where it is one of its own. */
  encodeApp?: { name: string; id: pulumi.Input<string> } | undefined;
  maxWorkers: number;
}

/**
 * Tells of failed answers, and of jobs that wait: all encoders have been at work for an hour. The age of a
 * job in the queue is no measure that Azure Storage has.
 */
export function declareAppAlerts(
  name: string,
  { viewersApp, encodeApp, maxWorkers, ...place }: AppAlertsArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const failures = {
    ruleName: `${viewersApp.name}-failures`,
    description: `Data center ${name} failed more than ${mostFailures} requests in five minutes.`,
    severity: 2,
    scopes: [viewersApp.id],
    windowSize: "PT5M" as const,
    criteria: limitOf({
      metricNamespace,
      metricName: "Requests",
      aggregation: monitor.AggregationTypeEnum.Total,
      operator: monitor.Operator.GreaterThan,
      threshold: mostFailures,
      statusCategory: "5xx",
    }),
  };
  declareMetricAlert(`${name}-failures`, place, { alert: failures, opts });
  if (!encodeApp) return;
  const waiting = {
    ruleName: `${encodeApp.name}-waiting`,
    description: `All ${maxWorkers} encoders of data center ${name} have been at work for an hour: jobs wait.`,
    severity: 3,
    scopes: [encodeApp.id],
    windowSize: "PT1H" as const,
    criteria: limitOf({
      metricNamespace,
      metricName: "Replicas",
      aggregation: monitor.AggregationTypeEnum.Minimum,
      operator: monitor.Operator.GreaterThanOrEqual,
      threshold: maxWorkers,
    }),
  };
  declareMetricAlert(`${name}-waiting`, place, { alert: waiting, opts });
}
