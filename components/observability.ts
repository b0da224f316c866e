import * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as pulumi from "@pulumi/pulumi";
import { declareActionGroups } from "./action-groups";
import { declareAvailabilityTest } from "./availability-test";
import { declareMetricAlert } from "./metric-alert";
import { type Naming, workspaceName } from "./naming";
import type { AlertSettings } from "./settings/alerts";

/** Inputs of {@link Observability}. */
export interface ObservabilityArgs {
  resourceGroupName: pulumi.Input<string>;
  location: string;
  naming: Naming;
  /** Who is told when what is watched is not well. */
  alerts: AlertSettings;
  /** Days that logs are kept; 30 to 730. */
  logRetentionDays: number;
  tags?: Record<string, string>;
}

/**
 * Where logs go, and where it is told whether the world reaches something. Each data center has its own:
 * when a region is lost, the others' logs are what people look into.
 */
export class Observability extends pulumi.ComponentResource {
  /** Resource id of the workspace that logs are sent to. */
  readonly workspaceId: pulumi.Output<string>;
  /** Who is told, as action groups' resource ids. */
  readonly actionGroupIds: pulumi.Input<string>[];
  /** Has somebody asked from around the world, as `{baseUrl}/readyz`. */
  readonly watch: (baseUrl: pulumi.Input<string>) => void;

  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("twinstream:monitoring:Observability", name, {}, opts);

    const { resourceGroupName, location, naming, tags } = args;
    const where = { resourceGroupName, location, ...(tags && { tags }) };
    const workspace = new operationalinsights.Workspace(
      name,
      {
        ...where,
        workspaceName: workspaceName(naming, name),
        sku: { name: operationalinsights.WorkspaceSkuNameEnum.PerGB2018 },
        retentionInDays: args.logRetentionDays,
        // Nobody writes or reads with a key.
        features: { disableLocalAuth: true },
      },
      { parent: this },
    );
    const insights = new applicationinsights.Component(
      name,
      {
        ...where,
        resourceName: workspaceName(naming, name),
        kind: "web",
        applicationType: applicationinsights.ApplicationType.Web,
        ingestionMode: applicationinsights.IngestionMode.LogAnalytics,
        workspaceResourceId: workspace.id,
        disableLocalAuth: true,
      },
      { parent: this },
    );

    this.workspaceId = workspace.id;
    this.actionGroupIds = declareActionGroups(name, args, { parent: this });
    this.watch = (baseUrl) => {
      const test = { ...where, insightsId: insights.id, testName: workspaceName(naming, name) };
      const webTest = declareAvailabilityTest(name, { ...test, baseUrl }, { parent: this });
      const place = {
        resourceGroupName,
        actionGroupIds: this.actionGroupIds,
        ...(tags && { tags }),
      };
      const alert = unreachable({ ...test, baseUrl, webTestId: webTest.id });
      declareMetricAlert(`${name}-unreachable`, place, { alert, opts: { parent: this } });
    };
    this.registerOutputs({ workspaceId: this.workspaceId });
  }
}

/** One place that does not reach it may be the place's fault; three of five are not. */
function unreachable(of: {
  testName: string;
  baseUrl: pulumi.Input<string>;
  webTestId: pulumi.Input<string>;
  insightsId: pulumi.Input<string>;
}) {
  const { testName, baseUrl, webTestId, insightsId: componentId } = of;
  return {
    ruleName: `${testName}-unreachable`,
    description: pulumi.interpolate`${baseUrl}/readyz does not answer well to three places of the world or more.`,
    severity: 1,
    scopes: [webTestId, componentId],
    windowSize: "PT5M" as const,
    criteria: {
      odataType: "Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria" as const,
      webTestId,
      componentId,
      failedLocationCount: 3,
    },
  };
}
