import * as applicationinsights from "@pulumi/azure-native/applicationinsights";
import * as operationalinsights from "@pulumi/azure-native/operationalinsights";
import * as pulumi from "@pulumi/pulumi";
import { declareAvailabilityTest } from "./availability-test";
import { type Naming, workspaceName } from "./naming";

/** Inputs of {@link Observability}. */
export interface ObservabilityArgs {
  resourceGroupName: pulumi.Input<string>;
  location: string;
  naming: Naming;
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
    this.watch = (baseUrl) => {
      const test = { ...where, insightsId: insights.id, testName: workspaceName(naming, name) };
      declareAvailabilityTest(name, { ...test, baseUrl }, { parent: this });
    };
    this.registerOutputs({ workspaceId: this.workspaceId });
  }
}
