import { inResourceGroup, type ResourceKind } from "./resource-kind";

const isNamed = (most: number) => ({
  pattern: new RegExp(`^[A-Za-z0-9][A-Za-z0-9-]{2,${(most - 2).toString()}}[A-Za-z0-9]$`),
  rule: `must be 4 to ${most.toString()} letters, digits and hyphens, with a letter or digit at both ends`,
});

/** Durations that an alert may look at, or be looked at after. */
const durations = ["PT1M", "PT5M", "PT15M", "PT30M", "PT1H", "PT6H", "PT12H", "P1D"];

/** What watches a data center: checked and recorded. Processes write their logs to files here. */
export const monitoringKinds: readonly ResourceKind[] = [
  {
    declaration: {
      token: "azure-native:operationalinsights:Workspace",
      idPattern: inResourceGroup("Microsoft.OperationalInsights/workspaces/{workspaceName}"),
      required: ["location", "sku.name"],
      patterns: { workspaceName: isNamed(63) },
      ranges: { retentionInDays: [30, 730] },
      replacedBy: ["location"],
    },
  },
  {
    declaration: {
      token: "azure-native:applicationinsights:Component",
      idPattern: inResourceGroup("Microsoft.Insights/components/{resourceName}"),
      required: ["location", "workspaceResourceId"],
      references: { workspaceResourceId: "Microsoft.OperationalInsights/workspaces" },
      replacedBy: ["location"],
    },
  },
  {
    declaration: {
      token: "azure-native:applicationinsights:WebTest",
      idPattern: inResourceGroup("Microsoft.Insights/webTests/{webTestName}"),
      required: ["location", "request.requestUrl"],
      patterns: {
        "request.requestUrl": {
          pattern: /^https?:\/\/[^/]+\//,
          rule: "must be an http or https address",
        },
      },
      choices: { "request.httpVerb": ["GET", "HEAD", "POST"] },
      ranges: { frequency: [300, 900], timeout: [1, 120] },
      replacedBy: ["location"],
    },
  },
  {
    declaration: {
      token: "azure-native:monitor:ActionGroup",
      idPattern: inResourceGroup("Microsoft.Insights/actionGroups/{actionGroupName}"),
      required: ["location"],
      patterns: {
        groupShortName: { pattern: /^.{1,12}$/, rule: "must be 1 to 12 characters" },
        "emailReceivers[].emailAddress": {
          pattern: /^[^\s@]+@[^\s@]+$/,
          rule: "must be an e-mail address",
        },
      },
    },
  },
  {
    declaration: {
      token: "azure-native:monitor:MetricAlert",
      idPattern: inResourceGroup("Microsoft.Insights/metricAlerts/{ruleName}"),
      required: ["location"],
      choices: {
        evaluationFrequency: durations.slice(0, 5),
        windowSize: durations,
      },
      ranges: { severity: [0, 4], "criteria.failedLocationCount": [1, 16] },
      references: {
        "scopes[]": "",
        "actions[].actionGroupId": "Microsoft.Insights/actionGroups",
        "criteria.webTestId": "Microsoft.Insights/webTests",
        "criteria.componentId": "Microsoft.Insights/components",
      },
    },
  },
  {
    declaration: {
      token: "azure-native:monitor:DiagnosticSetting",
      idPattern: "{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
      required: ["workspaceId"],
      choices: {
        "logs[].categoryGroup": ["allLogs", "audit"],
        "logs[].category": ["StorageRead", "StorageWrite", "StorageDelete"],
        "metrics[].category": ["AllMetrics"],
      },
      references: {
        resourceUri: "",
        workspaceId: "Microsoft.OperationalInsights/workspaces",
      },
    },
  },
];
